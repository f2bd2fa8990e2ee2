"""What the user chose, and the accounts. Read before the first paint: light imports."""

from __future__ import annotations

from typing import NamedTuple

from atz_desktop.domain.urls import DEFAULT_API_URL, SYSTEM_PROXY

THEMES = ("system", "light", "dark")

COLOURS = ("blue", "green", "orange", "purple", "red", "grey")
"""What an account may be told apart by; theme.py says how each looks."""


class Account(NamedTuple):
    """One ATZ account, without its token.

    Token, drafts, history and names are stored under `key` (see `account_key`). Key and URL never
    change, because the token must not be sent to another host. `production`: saves affect real
    people.
    """

    key: str
    name: str
    api_url: str = DEFAULT_API_URL
    colour: str = "blue"
    production: bool = True


class Settings(NamedTuple):
    """The user's choices; `_replace` makes changed ones. A NamedTuple: dataclasses cost 6 ms.

    `zone` is an IANA name; `window` is opaque text, the geometry as the window wrote it; `api_url`
    is offered for a new account. `account` is the key of the account that was worked on last;
    `proxy` an address, or one of SYSTEM_PROXY and NO_PROXY. `accounts` are the user's own,
    `forgotten` the keys of those in `predefined` that the user does not want, `stale_tokens` the
    keys of those whose token in the key store must not be used (store/tokens.py), `numeric_flags`
    the keys of those whose ATZ takes booleans as "0" and "1" alone, `zone_known` the keys of those
    that `zone` was compared with. `work_list_shown`: the pane is open;
    `list_columns` are columns of tables that were added to it, each as `target=heading` (see
    domain/column_mapping.py).

    `notify`: messages of the system are wanted while the user works in another program.

    `looked_for_updates` is when the last look for a newer version succeeded, ISO 8601.

    `account_name`, offered for a new account, `predefined` and `updates_allowed` are set for the
    whole computer (machine.py) and never stand in the user's file.
    """

    theme: str = "system"
    zone: str = "UTC"
    api_url: str = DEFAULT_API_URL
    account: str = ""
    window: str = ""
    review_before_save: bool = False
    accounts: tuple[Account, ...] = ()
    proxy: str = SYSTEM_PROXY
    forgotten: tuple[str, ...] = ()
    stale_tokens: tuple[str, ...] = ()
    numeric_flags: tuple[str, ...] = ()
    zone_known: tuple[str, ...] = ()
    work_list_shown: bool = False
    list_columns: tuple[str, ...] = ()
    notify: bool = True
    look_for_updates: bool = True
    looked_for_updates: str = ""
    updates_allowed: bool = True
    account_name: str = "My account"
    predefined: tuple[Account, ...] = ()

    def all_accounts(self) -> tuple[Account, ...]:
        """Those set for the computer, as the user changed them, and behind them the others."""
        own = {each.key: each for each in self.accounts}
        wanted = (each for each in self.predefined if each.key not in self.forgotten)
        given = tuple(own.pop(each.key, each) for each in wanted)
        return (*given, *own.values())

    def current_account(self) -> Account | None:
        """The account that was worked on last, or the first of the user's own; else None.

        Not the first that was set for the computer: which one is this user's, only they know.
        """
        found = [each for each in self.all_accounts() if each.key == self.account]
        return next(iter((*found, *self.accounts)), None)

    def with_account(self, account: Account) -> Settings:
        """With this account, instead of the one of the same key or as the last, and worked on."""
        own = {each.key: each for each in self.accounts} | {account.key: account}
        if account in self.predefined:
            # As it was set for the computer: what is changed there is to reach this user.
            del own[account.key]
        forgotten = tuple(key for key in self.forgotten if key != account.key)
        return self._replace(accounts=tuple(own.values()), account=account.key, forgotten=forgotten)

    def without_account(self, key: str) -> Settings:
        """Without the account of this key; one set for the computer stays away from now on."""
        left = tuple(each for each in self.accounts if each.key != key)
        set_here = [each.key for each in self.predefined if each.key == key]
        return self._replace(
            accounts=left,
            account="" if key == self.account else self.account,
            forgotten=tuple(dict.fromkeys((*self.forgotten, *set_here))),
        )


def account_key(api_url: str, name: str) -> str:
    """The name under which journal, drafts, names and token of an account are kept."""
    return f"{api_url.rstrip('/')} {name}".rstrip()


def is_zone(value: object) -> bool:
    """Whether it is the name of a time zone whose rules this computer or the program has."""
    if value == "UTC" or not isinstance(value, str):
        return value == "UTC"
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # 10 ms: not for the usual zone

    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return True
