"""Widgets and layouts that know no record and no page; everything else is built of them."""
