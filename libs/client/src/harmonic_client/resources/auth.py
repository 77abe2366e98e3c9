"""Accounts and sign-ins."""

from harmonic_client.credentials import Credentials
from harmonic_client.errors import ApiError
from harmonic_client.models import ApiKey, Me
from harmonic_client.session import Session


class Auth:
    """``/v1/auth``, ``/v1/me`` and ``/v1/api-keys``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def register(self, email: str, password: str, name: str | None = None) -> Credentials:
        """Make an account, sign in and remember it."""
        body = {"email": email, "password": password} | ({"name": name} if name else {})
        return await self._enter("/v1/auth/register", body)

    async def login(self, email: str, password: str) -> Credentials:
        """Sign in and remember it."""
        return await self._enter("/v1/auth/login", {"email": email, "password": password})

    async def logout(self) -> bool:
        """End the session and forget it; whether there was one. It is forgotten even where nobody answers."""
        kept = self._session.credentials
        if kept is None:
            return False
        self._session.forget()
        try:
            await self._session.wire.request("POST", "/v1/auth/logout", json={"refresh_token": kept.refresh_token})
        except ApiError as error:
            if error.problem.status >= 500:
                raise
        return True

    async def me(self) -> Me:
        """Who is signed in."""
        return Me.model_validate((await self._session.send("GET", "/v1/me")).json())

    async def change_password(self, current: str, new: str) -> None:
        """Another password; every other session ends."""
        await self._session.send("PUT", "/v1/me/password", json={"current_password": current, "new_password": new})

    async def erase(self, password: str) -> None:
        """Delete the account and all that is the user's alone, everywhere."""
        await self._session.send("POST", "/v1/me/erasure", json={"password": password})
        self._session.forget()

    async def create_api_key(self, name: str, expires_in_days: int | None = None) -> ApiKey:
        """A key for programs; this reply alone shows it."""
        body = {"name": name, "expires_in_days": expires_in_days}
        return ApiKey.model_validate((await self._session.send("POST", "/v1/api-keys", json=body)).json())

    async def api_keys(self) -> list[ApiKey]:
        """The user's keys."""
        reply = await self._session.send("GET", "/v1/api-keys")
        return [ApiKey.model_validate(each) for each in reply.json()]

    async def revoke_api_key(self, key_id: str) -> None:
        """Void a key."""
        await self._session.send("DELETE", f"/v1/api-keys/{key_id}")

    async def _enter(self, path: str, body: dict[str, str]) -> Credentials:
        credentials = Credentials.of_reply((await self._session.wire.request("POST", path, json=body)).json())
        self._session.keep(credentials)
        return credentials
