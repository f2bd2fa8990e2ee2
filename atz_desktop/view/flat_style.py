"""A flat, quiet style for the standard controls, over Qt's Fusion, the same on every system.

It changes how controls are painted (flat_paint.py) and how much room they get, never how they
behave. The system decides light or dark, the accent (theme.py) and the size of the text.
"""

from __future__ import annotations

from typing import Final, cast

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QProxyStyle,
    QStyle,
    QStyleFactory,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionComplex,
    QStyleOptionFrame,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionSpinBox,
    QStyleOptionToolButton,
    QStyleOptionViewItem,
    QWidget,
)

from atz_desktop.view import flat_paint
from atz_desktop.view.theme import CONTROL_HEIGHT, adapt_palette

_State = QStyle.StateFlag
_Primitive = QStyle.PrimitiveElement
_Control = QStyle.ControlElement
_Complex = QStyle.ComplexControl
_Sub = QStyle.SubControl
_Metric = QStyle.PixelMetric
_Feature = QStyleOptionButton.ButtonFeature
_Contents = QStyle.ContentsType

_ENTRY: Final = 28  # height of an entry of a menu or of a drop-down
_BOX: Final = 18  # side of a check box
_SCROLL: Final = 12  # room of a scroll bar
_SHORTEST_HANDLE: Final = 28
_FRAME: Final = 4  # keeps what is square inside a frame clear of its round corners
_ITEM_INSET: Final = 5  # between the edge of a cell and what Qt draws in it
_HEAD_MARGIN: Final = _ITEM_INSET + 3  # as Qt adds there
_INSET: Final = 6  # between the frame of a field and its text
_ARROWS: Final = 22  # width of the room for the two arrows of a spin box
_STEP: Final = 11  # height of each
_OPENS: Final = 14  # room for the arrow of a button that opens a menu

# One that is higher than the screen scrolls: a second column, as in Fusion, is cut on a small one.
# SH_Menu_Scrollable would need `styleHint` in Python, which Qt asks for everything, all the time.
_SCROLLS: Final = "QMenu { menu-scrollable: 1; }"
# Not a menu that is asked for at a point: one that scrolls is empty where that is below the screen.
_OPENERS: Final = (QMenuBar, QAbstractButton, QMenu)

_PRIMITIVES: Final = {
    _Primitive.PE_PanelButtonCommand: flat_paint.button,
    _Primitive.PE_PanelButtonTool: flat_paint.tool_button,
    _Primitive.PE_FrameDefaultButton: flat_paint.nothing,
    _Primitive.PE_PanelScrollAreaCorner: flat_paint.nothing,
    _Primitive.PE_PanelLineEdit: flat_paint.line_edit,
    _Primitive.PE_FrameLineEdit: flat_paint.field,
    _Primitive.PE_Frame: flat_paint.frame,
    _Primitive.PE_PanelMenu: flat_paint.popup,
    _Primitive.PE_FrameMenu: flat_paint.popup,
    _Primitive.PE_FrameFocusRect: flat_paint.focus_ring,
    _Primitive.PE_IndicatorCheckBox: flat_paint.check_box,
    _Primitive.PE_IndicatorRadioButton: flat_paint.radio_button,
    _Primitive.PE_FrameTabBarBase: flat_paint.tab_base,
    _Primitive.PE_FrameTabWidget: flat_paint.tab_pane,
}
_METRICS: Final = {
    _Metric.PM_ButtonShiftHorizontal: 0,
    _Metric.PM_ButtonShiftVertical: 0,
    _Metric.PM_IndicatorWidth: _BOX,
    _Metric.PM_IndicatorHeight: _BOX,
    _Metric.PM_ExclusiveIndicatorWidth: _BOX,
    _Metric.PM_ExclusiveIndicatorHeight: _BOX,
    _Metric.PM_CheckBoxLabelSpacing: 8,
    _Metric.PM_RadioButtonLabelSpacing: 8,
    _Metric.PM_ScrollBarExtent: _SCROLL,
    _Metric.PM_ScrollView_ScrollBarSpacing: 0,
    _Metric.PM_HeaderMargin: _HEAD_MARGIN,
    _Metric.PM_TabBarTabHSpace: 24,
    _Metric.PM_TabBarTabVSpace: 12,
    _Metric.PM_TabBarTabShiftVertical: 0,
    _Metric.PM_TabBarTabOverlap: 0,
    # As Qt has them. To answer at once saves 80 calls each time that a window is painted.
    _Metric.PM_SmallIconSize: 16,
    _Metric.PM_LineEditIconSize: 16,
    _Metric.PM_LineEditIconMargin: 4,
}
_GROUNDS: Final = {
    _Control.CE_HeaderSection: flat_paint.header_section,
    _Control.CE_HeaderEmptyArea: flat_paint.header_section,
    _Control.CE_TabBarTabShape: flat_paint.tab,
}
_LIVELY: Final = (
    _State.State_MouseOver | _State.State_Sunken | _State.State_On | _State.State_HasFocus
)
_HIGHLIGHT: Final = QPalette.ColorRole.Highlight
# Nothing of it is ours, neither what is drawn nor the room that it gets.
_PLAIN: Final = frozenset(
    {
        _Control.CE_CheckBoxLabel,
        _Control.CE_MenuBarEmptyArea,
        _Control.CE_MenuBarItem,
        _Control.CE_RadioButtonLabel,
    }
)
# Wider by so much, and at least one control high.
_ROOMY: Final = {
    _Contents.CT_LineEdit: 2 * _INSET,
    _Contents.CT_ComboBox: 2 * _INSET,
    _Contents.CT_SpinBox: 2 * _INSET,
    _Contents.CT_PushButton: 4 * _INSET,
}


class FlatStyle(QProxyStyle):
    """Fusion with flat fields, buttons, boxes and bars in the colours of theme.py."""

    def __init__(self) -> None:
        super().__init__("fusion")
        self.setObjectName("flat")
        self._plain = QStyleFactory.create("fusion")
        """Fusion that does not come back to Python for each size and part of what it draws."""
        self.scheme = Qt.ColorScheme.Unknown
        """What the user chose; Unknown: as the system is."""

    def _combo_box(
        self, option: QStyleOptionComplex, painter: QPainter, widget: QWidget | None
    ) -> None:
        flat_paint.field(option, painter, widget)
        arrow = self.subControlRect(_Complex.CC_ComboBox, option, _Sub.SC_ComboBoxArrow, widget)
        enabled = _State.State_Enabled in option.state
        flat_paint.chevron(painter, arrow, up=False, enabled=enabled)

    def _spin_box(
        self, option: QStyleOptionSpinBox, painter: QPainter, widget: QWidget | None
    ) -> None:
        flat_paint.field(option, painter, widget)
        if not option.subControls & _Sub.SC_SpinBoxUp:
            return
        for part, step, up in (
            (_Sub.SC_SpinBoxUp, option.stepEnabled.StepUpEnabled, True),
            (_Sub.SC_SpinBoxDown, option.stepEnabled.StepDownEnabled, False),
        ):
            room = self.subControlRect(_Complex.CC_SpinBox, option, part, widget)
            enabled = bool(option.stepEnabled & step)
            flat_paint.chevron(painter, room, up=up, enabled=enabled)

    def _label_beside_arrow(
        self, option: QStyleOptionToolButton, painter: QPainter, widget: QWidget | None
    ) -> QStyleOptionToolButton:
        """Draw the arrow of a button that opens a menu; its words and picture get the rest."""
        if not flat_paint.opens_menu(widget):
            return option
        label = QStyleOptionToolButton(option)
        rest, arrow = QRect(option.rect), QRect(option.rect)
        if option.text or not option.icon.isNull():
            rest.setRight(rest.right() - _OPENS)
            arrow.setLeft(rest.right() - 2)
        label.rect = QStyle.visualRect(option.direction, option.rect, rest)
        enabled = _State.State_Enabled in option.state
        place = QStyle.visualRect(option.direction, option.rect, arrow)
        flat_paint.chevron(painter, place, up=False, enabled=enabled)
        return label

    def _tool_button(
        self, option: QStyleOptionToolButton, painter: QPainter, widget: QWidget | None
    ) -> None:
        """One that opens no menu and lies still is a label: Qt draws that without us."""
        if flat_paint.opens_menu(widget):
            option = flat_paint.without_arrow(option)
        elif _State.State_AutoRaise in option.state and not option.state & _LIVELY:
            tool = _Complex.CC_ToolButton
            self._plain.drawComplexControl(tool, option, painter, cast(QWidget, widget))
            return
        super().drawComplexControl(_Complex.CC_ToolButton, option, painter, widget)

    def _push_button(
        self, option: QStyleOptionButton, painter: QPainter, widget: QWidget | None
    ) -> None:
        """Ground and label; Qt would come back here for each, and for six sizes."""
        flat_paint.button(option, painter, widget)
        label = flat_paint.readable_label(option)
        self._plain.drawControl(_Control.CE_PushButtonLabel, label, painter, cast(QWidget, widget))

    def _spin_room(self, option: QStyleOptionComplex, part: QStyle.SubControl) -> QRect:
        middle = option.rect.center().y()
        top = middle - _STEP if part == _Sub.SC_SpinBoxUp else middle + 1
        room = QRect(option.rect.right() - _ARROWS, top, _ARROWS, _STEP)
        return QStyle.visualRect(option.direction, option.rect, room)

    def _scroll_room(self, option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect:
        """Where the parts of a scroll bar without arrow buttons are."""
        rect = option.rect
        upright = option.orientation == Qt.Orientation.Vertical
        length = rect.height() if upright else rect.width()
        reach = option.maximum - option.minimum
        size = length
        if reach > 0:
            share = length * option.pageStep // (reach + option.pageStep)
            size = min(length, max(_SHORTEST_HANDLE, share))
        start = QStyle.sliderPositionFromValue(
            option.minimum, option.maximum, option.sliderPosition, length - size, option.upsideDown
        )
        first, last = {
            _Sub.SC_ScrollBarSlider: (start, start + size),
            _Sub.SC_ScrollBarSubPage: (0, start),
            _Sub.SC_ScrollBarAddPage: (start + size, length),
            _Sub.SC_ScrollBarGroove: (0, length),
        }.get(part, (0, 0))
        if upright:
            return QRect(rect.x(), rect.y() + first, rect.width(), last - first)
        room = QRect(rect.x() + first, rect.y(), last - first, rect.height())
        return QStyle.visualRect(option.direction, rect, room)

    def _draw_item(
        self, option: QStyleOptionViewItem, painter: QPainter, widget: QWidget | None
    ) -> None:
        """An entry of a list or a table; its row says that it has the keys, no ring inside."""
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(_ITEM_INSET, 0, -_ITEM_INSET, 0)
        state = option.state
        selected = _State.State_Selected in state
        if selected:
            inner.state = state & ~_State.State_HasFocus
            active = _State.State_Active in state
            group = QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
            painter.fillRect(option.rect, option.palette.brush(group, _HIGHLIGHT))
        ticks = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator in option.features
        if ticks or (_State.State_HasFocus in state and not selected):
            super().drawControl(_Control.CE_ItemViewItem, inner, painter, widget)
        else:
            item = _Control.CE_ItemViewItem
            self._plain.drawControl(item, inner, painter, cast(QWidget, widget))

    # Qt overrides

    def polish(self, what: QWidget | QApplication | QPalette) -> None:  # type: ignore[override]
        """Qt gives the palette of the system, now and whenever that changes, to be adapted."""
        if isinstance(what, QPalette):
            adapt_palette(what, self.scheme, self.standardPalette())
            return
        super().polish(what)
        of_control = isinstance(what, QMenu) and isinstance(what.parent(), _OPENERS)
        if of_control and not what.styleSheet():
            what.setStyleSheet(_SCROLLS)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        draw = _PRIMITIVES.get(element)
        if draw is None:
            super().drawPrimitive(element, option, painter, widget)
        else:
            draw(option, painter, widget)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element == _Control.CE_ItemViewItem and isinstance(option, QStyleOptionViewItem):
            self._draw_item(option, painter, widget)
            return
        if element == _Control.CE_ShapedFrame and isinstance(widget, QLabel):
            return  # which has none
        if (
            element == _Control.CE_PushButton
            and isinstance(option, QStyleOptionButton)
            and not (_State.State_HasFocus in option.state or _Feature.HasMenu in option.features)
        ):
            self._push_button(option, painter, widget)
            return
        if element in _PLAIN:
            self._plain.drawControl(element, option, painter, cast(QWidget, widget))
            return
        if (
            element == _Control.CE_ProgressBar
            and isinstance(option, QStyleOptionProgressBar)
            and option.maximum > option.minimum
        ):
            flat_paint.progress_bar(option, painter)
            return
        if element in _GROUNDS:
            _GROUNDS[element](option, painter)
            return
        if element == _Control.CE_HeaderLabel and isinstance(option, QStyleOptionHeader):
            option = flat_paint.full_height(option, _HEAD_MARGIN)
        if element == _Control.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            option = flat_paint.quiet_item(option)
        if element == _Control.CE_PushButtonLabel and isinstance(option, QStyleOptionButton):
            option = flat_paint.readable_label(option)
        if element == _Control.CE_ToolButtonLabel and isinstance(option, QStyleOptionToolButton):
            option = self._label_beside_arrow(option, painter, widget)
        super().drawControl(element, option, painter, widget)
        if element == _Control.CE_PushButton and _State.State_HasFocus in option.state:
            flat_paint.button_ring(option, painter)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if control == _Complex.CC_ComboBox:
            self._combo_box(option, painter, widget)
        elif control == _Complex.CC_SpinBox and isinstance(option, QStyleOptionSpinBox):
            self._spin_box(option, painter, widget)
        elif control == _Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            if option.maximum > option.minimum:
                room = self._scroll_room(option, _Sub.SC_ScrollBarSlider)
                flat_paint.scroll_handle(option, painter, room)
        elif control == _Complex.CC_ToolButton and isinstance(option, QStyleOptionToolButton):
            self._tool_button(option, painter, widget)
        else:
            super().drawComplexControl(control, option, painter, widget)

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control == _Complex.CC_ScrollBar and isinstance(option, QStyleOptionSlider):
            return self._scroll_room(option, part)
        spins = control == _Complex.CC_SpinBox
        if spins and part in (_Sub.SC_SpinBoxUp, _Sub.SC_SpinBoxDown):
            return self._spin_room(option, part)
        room = super().subControlRect(control, option, part, cast(QWidget, widget))
        words = _Sub.SC_SpinBoxEditField if spins else _Sub.SC_ComboBoxEditField
        if part == words and (spins or control == _Complex.CC_ComboBox):
            mirrored = option.direction == Qt.LayoutDirection.RightToLeft
            room.adjust(0 if mirrored else _INSET - 2, 0, 2 - _INSET if mirrored else 0, 0)
        return room

    def subElementRect(
        self, element: QStyle.SubElement, option: QStyleOption, widget: QWidget | None = None
    ) -> QRect:
        # The stubs leave out that Qt may ask without a widget.
        room = super().subElementRect(element, option, cast(QWidget, widget))
        framed = isinstance(option, QStyleOptionFrame) and option.lineWidth > 0
        if element == QStyle.SubElement.SE_LineEditContents and framed:
            room.adjust(_INSET - 2, 0, 2 - _INSET, 0)
        return room

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        ours = _METRICS.get(metric)
        if ours is not None:
            return ours
        if metric == _Metric.PM_DefaultFrameWidth and flat_paint.is_square(widget):
            return _FRAME
        return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        contents: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        size = super().sizeFromContents(kind, option, contents, cast(QWidget, widget))
        if kind == _Contents.CT_ToolButton and isinstance(option, QStyleOptionToolButton):
            arrow = _OPENS if flat_paint.opens_menu(widget) else 0
            return size + QSize(arrow - flat_paint.room_behind_words(option), 0)
        if kind == _Contents.CT_MenuItem and isinstance(option, QStyleOptionMenuItem):
            parts = option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator
            return size if parts else QSize(size.width(), max(size.height(), _ENTRY))
        if kind == _Contents.CT_ItemViewItem:
            return QSize(size.width() + 2 * _ITEM_INSET, max(size.height(), _ENTRY))
        wider = _ROOMY.get(kind)
        if wider is None or (isinstance(widget, QLineEdit) and not widget.hasFrame()):
            return size
        return QSize(size.width() + wider, max(size.height(), CONTROL_HEIGHT))
