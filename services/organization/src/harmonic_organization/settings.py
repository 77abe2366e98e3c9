"""The settings of the organization service: secrets, lifetimes of tokens, cost of passwords, limits on attempts."""

import json
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from harmonic_chassis.settings import ServiceSettings
from harmonic_organization.accounts.throttle import Limit
from harmonic_organization.tokens.rotation import Plan

Secrets = Annotated[dict[str, SecretStr], NoDecode]
Networks = Annotated[list[IPv4Network | IPv6Network], NoDecode]


class OrganizationSettings(ServiceSettings):
    """What organization needs besides what every service needs."""

    service: ClassVar[str] = "organization"

    key_secret: SecretStr = Field(
        min_length=16,
        description="Secret under which the private signing keys lie in the database",
        examples=["openssl rand -hex 32"],
    )
    service_secrets: Secrets = Field(
        default={},
        description="Client secret of each service that may ask for service tokens",
        examples=["gateway=SECRET,physics=SECRET,audio=SECRET,ai=SECRET,export=SECRET,organization=SECRET"],
    )
    signing_key: SecretStr | None = Field(
        default=None, description="A private Ed25519 JWK that signs in place of the rotated keys of the database"
    )
    signing_key_days: float = Field(default=30, gt=0.01, le=366, description="Days for which a signing key signs")
    access_token_s: int = Field(default=600, ge=30, le=3600, description="Seconds that an access token is good for")
    api_key_token_s: int = Field(default=300, ge=30, le=3600, description="The same, of one made from an API key")
    service_token_s: int = Field(default=300, ge=30, le=3600, description="The same, of a service's token")
    refresh_idle_days: float = Field(default=14, gt=0, le=366, description="Days after which an unused session ends")
    session_days: float = Field(default=90, gt=0, le=366, description="Days after which every session ends")
    argon2_time_cost: int = Field(default=2, ge=1, le=20, description="Passes of argon2id over its memory")
    argon2_memory_kib: int = Field(default=19456, ge=8, le=4194304, description="Memory of one password hash, in KiB")
    argon2_parallelism: int = Field(default=1, ge=1, le=16, description="Lanes of argon2id")
    argon2_concurrency: int = Field(default=4, ge=1, le=64, description="Passwords hashed at the same time")
    login_attempts: int = Field(
        default=10, ge=1, description="Wrong passwords in 15 minutes for one account from one address"
    )
    login_attempts_account: int = Field(
        default=200, ge=1, description="Wrong passwords in 15 minutes for one account from anywhere"
    )
    login_attempts_address: int = Field(default=100, ge=1, description="Wrong passwords in 15 minutes from one address")
    registrations_address: int = Field(default=100, ge=1, description="New accounts in an hour from one address")
    api_keys_each: int = Field(default=50, ge=1, description="API keys that a user may have")
    trusted_proxies: Networks = Field(
        default=[],
        description="Networks whose X-Forwarded-For is believed: those of the gateway",
        examples=["172.16.0.0/12"],
    )

    @field_validator("service_secrets", mode="before")
    @classmethod
    def _read_secrets(cls, value: object) -> object:
        """`name=secret,name=secret`, or a JSON object."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("{"):
            return json.loads(value)
        return dict(pair.strip().split("=", 1) for pair in value.split(",") if "=" in pair)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [network.strip() for network in value.split(",") if network.strip()]

    @property
    def key_plan(self) -> Plan:
        """How signing keys turn over. The overlap outlasts every token, with an hour for clocks and caches."""
        longest = max(self.access_token_s, self.api_key_token_s, self.service_token_s)
        return Plan(
            period=timedelta(days=self.signing_key_days),
            lead=timedelta(minutes=10),
            overlap=timedelta(seconds=longest) + timedelta(hours=1),
        )

    @property
    def limits(self) -> dict[str, Limit]:
        """The limits on attempts, by what they count."""
        window = timedelta(minutes=15)
        return {
            "account+address": Limit(self.login_attempts, window),
            "account": Limit(self.login_attempts_account, window),
            "address": Limit(self.login_attempts_address, window),
            "registration": Limit(self.registrations_address, timedelta(hours=1)),
        }
