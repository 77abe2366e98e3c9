"""The HTTP edge: everything that a service's endpoints need, under one name."""

from harmonic_chassis.http.app import create_app
from harmonic_chassis.http.caller import Caller, CallerDep, ServiceCallerDep, authenticate, bearer_of, unauthenticated
from harmonic_chassis.http.cursors import Cursor, CursorDep, Page
from harmonic_chassis.http.dependencies import ChassisDep, ReadingDep, chassis_of
from harmonic_chassis.http.etags import etag, not_modified, require_match
from harmonic_chassis.http.problem_documents import ProblemError, parse, problem_response, refused
from harmonic_chassis.http.write import OpenWriteDep, Reply, Write, WriteDep
from harmonic_contracts import problems
from harmonic_contracts.problems import FieldError

__all__ = [
    "Caller",
    "CallerDep",
    "ChassisDep",
    "Cursor",
    "CursorDep",
    "FieldError",
    "OpenWriteDep",
    "Page",
    "ProblemError",
    "ReadingDep",
    "Reply",
    "ServiceCallerDep",
    "Write",
    "WriteDep",
    "authenticate",
    "bearer_of",
    "chassis_of",
    "create_app",
    "etag",
    "not_modified",
    "parse",
    "problem_response",
    "problems",
    "refused",
    "require_match",
    "unauthenticated",
]
