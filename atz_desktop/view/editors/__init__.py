"""One editor for each kind of field: a field is drawn by its kind, never by its name."""

from __future__ import annotations

from atz_desktop.domain.kinds import Choice, File, Flag, Kind, Link, People, Record, Text, When
from atz_desktop.view.editors.attachment import AttachmentEditor
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.editors.choice import ChoiceEditor
from atz_desktop.view.editors.flag import FlagEditor
from atz_desktop.view.editors.people import PeopleEditor
from atz_desktop.view.editors.record import RecordEditor
from atz_desktop.view.editors.text import LinkEditor, TextEditor
from atz_desktop.view.editors.when import WhenEditor

EDITORS: dict[type[Kind], type[FieldEditor]] = {
    Text: TextEditor,
    Link: LinkEditor,
    Flag: FlagEditor,
    Choice: ChoiceEditor,
    People: PeopleEditor,
    When: WhenEditor,
    Record: RecordEditor,
    File: AttachmentEditor,
}
