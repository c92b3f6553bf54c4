"""How the domain's "no" is told over HTTP."""

from collections.abc import Generator
from contextlib import contextmanager

from chassis.problems import FieldError, Problem, not_found

from customers.domain.errors import (
    AddressIsDefault,
    CurrencyFixed,
    CustomerIsErased,
    CustomerIsStaff,
    CustomersError,
    EmailTaken,
    Invalid,
    InvitationRefused,
    NoInvitation,
    ReferenceTaken,
    UnknownAddress,
    UnknownCustomer,
    UnknownCustomerSet,
    UnknownLevel,
    UnknownSite,
)

_THINGS: dict[type[CustomersError], str] = {
    UnknownCustomerSet: "customer set",
    UnknownSite: "site",
    UnknownLevel: "level",
    UnknownCustomer: "customer",
    UnknownAddress: "address",
}


@contextmanager
def refusals() -> Generator[None]:
    """Turn the domain's errors into problems; ``StaleVersion`` passes, for it needs a view."""
    try:
        yield
    except Invalid as error:
        wrong = [FieldError(*violation) for violation in error.violations]
        fields = ", ".join(field.pointer or "the body" for field in wrong)
        raise Problem(422, "INVALID_REQUEST", f"not acceptable: {fields}", wrong) from error
    except tuple(_THINGS) as error:
        raise not_found(_THINGS[type(error)]) from error
    except EmailTaken as error:
        raise _taken("EMAIL_TAKEN", "/email", error) from error
    except ReferenceTaken as error:
        raise _taken("EXTERNAL_REFERENCE_TAKEN", "/external_reference", error) from error
    except AddressIsDefault as error:
        raise Problem(409, "ADDRESS_IS_DEFAULT", str(error), uses=error.uses) from error
    except CurrencyFixed as error:
        wrong = [FieldError("/currency", "SITE_CURRENCY_FIXED", str(error))]
        raise Problem(409, "SITE_CURRENCY_FIXED", str(error), wrong) from error
    except (CustomerIsErased, CustomerIsStaff, NoInvitation, InvitationRefused) as error:
        raise _plain(error) from error


def _plain(
    error: CustomerIsErased | CustomerIsStaff | NoInvitation | InvitationRefused,
) -> Problem:
    match error:
        case CustomerIsErased():
            return gone(error)
        case CustomerIsStaff():
            return Problem(409, "CUSTOMER_IS_STAFF", str(error))
        case NoInvitation() | InvitationRefused():
            status = 404 if error.code == "INVITATION_UNKNOWN" else 409
            return Problem(status, error.code, str(error))


def gone(error: CustomerIsErased) -> Problem:
    """Give the problem of whoever wants something of an erased customer."""
    return Problem(409, "CUSTOMER_ERASED", str(error))


def _taken(code: str, pointer: str, error: EmailTaken | ReferenceTaken) -> Problem:
    wrong = [FieldError(pointer, code, str(error))]
    return Problem(409, code, str(error), wrong, customer_id=str(error.customer_id))
