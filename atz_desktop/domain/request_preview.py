"""The request of a save for display and as a curl command; never contains the token."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.urls import DEFAULT_API_URL
from atz_desktop.domain.values import LocalFile


@dataclass(frozen=True)
class RequestPreview:
    """Method, path and fields of one request (ATZ_API.md, PUT).

    multipart/form-data if one field is a file, else JSON.
    """

    method: str
    path: str
    fields: Mapping[str, Any]

    @property
    def file(self) -> tuple[str, LocalFile] | None:
        """Field name and file; None for a JSON request."""
        found = [(key, v) for key, v in self.fields.items() if isinstance(v, LocalFile)]
        return found[0] if found else None

    @property
    def text_parts(self) -> tuple[tuple[str, str], ...]:
        """The text parts of a multipart request, booleans as true and false."""
        return tuple(
            (key, str(value).lower() if isinstance(value, bool) else str(value))
            for key, value in self.fields.items()
            if not isinstance(value, LocalFile)
        )

    def text(self) -> str:
        """Method, path, content type and body as text."""
        head = f"{self.method} {self.path}\n"
        if self.file is None:
            body = json.dumps(dict(self.fields), ensure_ascii=False, indent=2)
            return f"{head}Content-Type: application/json\n\n{body}"
        key, file = self.file
        lines = [f"{name}: {value}" for name, value in self.text_parts]
        lines.append(f"{key}: the file {file.path} ({file.size:,} bytes)")
        return f"{head}Content-Type: multipart/form-data\n\n" + "\n".join(lines)

    def curl(self, api_url: str = DEFAULT_API_URL) -> str:
        """A curl command for sh, bash or zsh; it reads the token from `$ATZ_API_TOKEN`."""
        url = api_url.rstrip("/") + self.path
        lines = [
            f"curl --request {self.method} {shlex.quote(url)}",
            '--header "Authorization: Bearer $ATZ_API_TOKEN"',
        ]
        if self.file is None:
            body = json.dumps(dict(self.fields), ensure_ascii=False)
            lines += [
                "--header 'Content-Type: application/json'",
                f"--data-raw {shlex.quote(body)}",
            ]
        else:
            key, file = self.file
            lines += [f"--form-string {shlex.quote(f'{n}={v}')}" for n, v in self.text_parts]
            lines.append(f"--form {shlex.quote(f'{key}=@{_curl_quoted_path(file.path)}')}")
        return " \\\n  ".join(lines)


def preview_request(edit: Edit, *, numeric_flags: bool = False) -> RequestPreview:
    """The request that saves this edit. Requires an edit without `problems`."""
    return RequestPreview(*edit.base.update_target, edit.body(numeric_flags=numeric_flags))


def _curl_quoted_path(path: Path) -> str:
    """A path quoted for curl's --form, where `;` and `,` are special."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
