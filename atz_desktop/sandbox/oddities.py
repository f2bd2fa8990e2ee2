"""The odd activities of the made-up account: what real accounts hold after ten years of imports.

Every row says what is odd. The first gets ID 1, and so on.
"""

from __future__ import annotations

from typing import Any

from atz_desktop.sandbox.rules import Record
from atz_desktop.sandbox.writing import AS_SENT, HIDDEN_END

Oddity = tuple[str, dict[str, Any]]

ODDITIES: tuple[Oddity, ...] = (
    (
        "right to left, Arabic",
        {
            "title": "مقابلة مع محمد عبد الرحمن",
            "location": "الرياض، الطابق الثالث",
            "description": "يرجى إحضار السيرة الذاتية.\nالموعد: 10:30",
        },
    ),
    (
        "right to left, Hebrew with English inside",
        {"title": "ראיון עם נועה לוי (Senior Backend)", "location": "תל אביב, קומה 3"},
    ),
    (
        "emoji with joiners, skin tones and flags",
        {"title": "🎉 Onboarding 👩🏽‍💻👨‍👩‍👧‍👦 in 🇩🇪 and 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "location": "🏢 → 🏠"},
    ),
    (
        "combining characters: the same word composed and decomposed",
        {"title": "Café and Cafe\u0301, Z̷̢͎a̶̛͕l̴͙̇g̶̰̈o̵̡", "location": "Zu\u0308rich"},
    ),
    (
        "a bidirectional override that hides a file's real ending",
        {
            "title": "CV \u202efdp.exe\u202c as attached",
            "attachment": {
                "file_name": "cv\u202efdp.exe",
                "file_link": "https://files.atz.example/5/cv",
            },
        },
    ),
    (
        "HTML that loads something, in the title",
        {
            "title": "<img src=x onerror=\"alert('ATZ')\">",
            "description": "<script>alert(1)</script>",
        },
    ),
    ("HTML that would be drawn bold", {"title": "<b>bold</b> &amp; <a href='#'>a link</a>"}),
    ("a title longer than PUT would take", {"title": "A very long title from an import. " * 9}),
    ("a title without a place to break", {"title": "Donaudampfschifffahrts" * 12}),
    (
        "a location and a link longer than PUT would take",
        {"location": "Far away " * 12, "meeting_link": f"https://meet.example/{'a' * 200}"},
    ),
    (
        "past midnight",
        {
            "title": "Call with the Auckland office",
            "start_date": "2026-03-12",
            "start_time": "22:30",
            "end_time": "01:15",
        },
    ),
    (
        "longer than a day, which GET cannot show",
        {
            "title": "Assessment weekend",
            "start_date": "2026-05-08",
            "start_time": "14:00",
            "end_time": "16:00",
            HIDDEN_END: "2026-05-10",
        },
    ),
    (
        "in the hour that daylight saving leaves out in Berlin",
        {"start_date": "2026-03-29", "start_time": "02:30", "end_time": "03:30"},
    ),
    (
        "in the hour that daylight saving has twice in Berlin",
        {"start_date": "2026-10-25", "start_time": "02:30", "end_time": "03:30"},
    ),
    ("long ago", {"start_date": "1999-12-31", "start_time": "23:00", "end_time": "23:59"}),
    ("far ahead", {"start_date": "2099-07-01", "start_time": "09:00", "end_time": "17:00"}),
    ("a type that the account has dropped", {"activity_type": {"id": 99, "label": "Fax"}}),
    ("a type without a label", {"activity_type": {"id": 31, "label": None}}),
    ("an importance that is not documented", {"importance": "urgent"}),
    (
        "line ends of Windows, no-break spaces, U+2028 and a tab",
        {
            "description": "First line\r\nSecond line\r\n\r\n10\u00a0000\u00a0€\u2028after a line "
            "separator\tand a tab \u200bwith nothing in it  ",
        },
    ),
    ("blanks around everything", {"title": "  padded  ", "location": " ", "description": "\n\n"}),
    ("a link over plain http", {"meeting_link": "http://intranet.example/room?a=1&b=%C3%A4"}),
    ("a link that is none", {"meeting_link": "Dial-in 0800 123 456, PIN 99#"}),
    ("a link that would run something", {"meeting_link": "javascript:alert(document.cookie)"}),
    (
        "an attachment over plain http",
        {"attachment": {"file_name": "plan.xlsx", "file_link": "http://old.example/plan.xlsx"}},
    ),
    (
        "an attachment with a long and foreign name",
        {
            "attachment": {
                "file_name": f"Lebenslauf – Müller, Zoë & Söhne {'(Kopie) ' * 12}最終版.docx",
                "file_link": "https://files.atz.example/26/cv.docx",
            }
        },
    ),
    (
        "people who were deleted since, and one without a name",
        {
            "attendees": {
                "candidates": [
                    {"slug": "candidate_00000000000000000000", "full_name": "Deleted candidate"},
                    {"slug": "candidate_11111111111111111111", "full_name": None},
                ],
                "contacts": [{"slug": "contact_00000000000000000000", "full_name": ""}],
                "users": [{"id": 9001, "full_name": "Former colleague", "email": None}],
            },
            "collaborators": [
                {"id": 9001, "slug": None, "full_name": "Former colleague", "email": None}
            ],
        },
    ),
    (
        "a record that was deleted since",
        {
            "related_to": "job_00000000000000000000",
            "related_record": {"slug": "job_00000000000000000000"},
            "related_to_type": "job",
        },
    ),
    (
        "related to a kind that is not documented",
        {
            "related_to": "project_3a5c",
            "related_record": {"slug": "project_3a5c", "label": "Project Phoenix"},
            "related_to_type": "project",
        },
    ),
    (
        "fields that the documents do not know",
        {"reminder": {"minutes": 15, "by": ["email"]}, "color": "#ff8800", "account_id": 7},
    ),
    ("an end without a start", {"start_date": None, "start_time": None, "end_time": "10:00"}),
    ("a day without a time", {"start_time": None, "end_time": None}),
    ("flags that were never set", {"do_not_send_calendar_invite": None, "mark_as_done": None}),
    ("texts that are null", {"location": None, "description": None, "meeting_link": None}),
    (
        "a description of many pages",
        {
            "description": "\n\n".join(
                f"{n}. {'Lorem ipsum dolor sit amet. ' * 12}" for n in range(60)
            )
        },
    ),
)
"""What is odd, and what differs from an ordinary activity."""

_NOTHING: Record = {
    "title": None,
    "activity_type": None,
    "related_to": None,
    "related_record": None,
    "related_to_type": None,
    "collaborators": None,
    "start_date": None,
    "start_time": None,
    "end_time": None,
    "attendees": None,
    "attachment": None,
    "created_by": None,
    "updated_by": None,
    "created_at": None,
    "updated_at": None,
    **dict.fromkeys(AS_SENT),
}

EMPTY: tuple[Oddity, ...] = (
    ("every field is null", _NOTHING),
    ("nothing but its ID", {}),
    (
        "every field is there and empty",
        {
            **_NOTHING,
            **{key: "" for key, value in _NOTHING.items() if key != "attachment"},
            "activity_type": {},
            "related_record": {},
            "collaborators": [],
            "attendees": {"candidates": [], "contacts": [], "users": []},
            "created_by": {},
            "updated_by": {},
            "do_not_send_calendar_invite": False,
            "mark_as_done": False,
        },
    ),
)
"""What is empty about it, and all of it but its ID. They come after the odd ones."""
