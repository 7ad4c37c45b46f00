"""How a feed's files are read: decisions on the left, what they would come to on the right, nothing guessed later."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from housewide.access.gates import places_where
from housewide.facts.mapping import Mapping
from housewide.facts.models import Batch, Feed
from housewide.facts.tables import FactTable, table
from housewide.intake import deciding, queries, trying
from housewide.intake.originals import keep_original, original_path
from housewide.intake.profiles import columns_given, profile_of, save_profile, suggest_mapping
from housewide.intake.sheets import Layout, SheetError, detect_layout
from housewide.intake.trying import Sample, Seen
from housewide.intake.views.sending import FileForm
from housewide.kit.actions import Refused
from housewide.kit.audit import record_look
from housewide.kit.home import home_folder

SESSION = "intake-samples"
PARTS = {"form": "intake/parts/profile_form.html", "preview": "intake/parts/preview.html"}


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """GET opens the stored or a suggested profile; POST takes a sample, tries decisions out, or saves them."""
    feed = queries.feed_for(request.user, code, queries.PROFILES)
    if request.method == "POST" and request.POST.get("ask") == "sample":
        return _take_sample(request, feed)
    sample = _sample(request, feed)
    if sample is None:
        return _page(request, feed, {"file_form": FileForm()})
    if request.method == "POST":
        return _answer(request, feed, sample)
    layout, mapping, note = _start(feed, sample, suggest="suggest" in request.GET)
    if layout is None:
        return _page(request, feed, {"file_form": FileForm(), "fault": note})
    return _page(request, feed, _drawn(request, feed, sample, layout, mapping, note=note))


# --- the sample -----------------------------------------------------------------------------------------------------


def _take_sample(request: HttpRequest, feed: Feed) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        sent: Any = form.cleaned_data["file"]
        sha256 = keep_original(sent.chunks())
        try:
            detect_layout(original_path(sha256))
        except SheetError as fault:
            form.add_error("file", str(fault))
        else:
            name = PurePath(sent.name).name[:255]
            request.session[SESSION] = {**request.session.get(SESSION, {}), feed.code: [sha256, name]}
            return redirect("feed-profile", feed.code)
    return _page(request, feed, {"file_form": form}, status=422)


def _sample(request: HttpRequest, feed: Feed) -> Sample | None:
    """The file this person showed last, else the newest import, for those who may see rows."""
    kept = request.session.get(SESSION, {}).get(feed.code)
    if kept and original_path(kept[0]).exists():
        return Sample(original_path(kept[0]), kept[1])
    if feed.owning_place not in places_where(request.user, queries.ROWS):
        return None
    for batch in Batch.objects.filter(feed=feed, corrects=None).order_by("-pk")[:3]:
        path = home_folder() / batch.file_path
        if path.exists():
            return Sample(path, batch.file_name, batch.public_id)
    return None


def _start(feed: Feed, sample: Sample, *, suggest: bool) -> tuple[Layout | None, Mapping, str]:
    """What the form opens with: the stored profile while it fits the sample, else what we would suggest."""
    stored = profile_of(feed)
    if stored is not None and not suggest:
        seen = trying.look(sample, stored.layout, 1)
        if set(stored.header) <= set(seen.header) and seen.header:
            return stored.layout, stored.mapping, ""
    try:
        layout = detect_layout(sample.path)
    except SheetError as fault:
        return None, Mapping({}), str(fault)
    seen = trying.look(sample, layout)
    suggested = suggest_mapping(table(feed.table), seen.header, seen.rows)
    if stored is None or suggest:
        return layout, suggested, "This is what we would suggest from the file. Check every line before you save."
    kept = {
        name: source
        for name, source in stored.mapping.columns.items()
        if all(one in seen.header for one in (source.header, source.date_header, source.plus_minutes) if one)
    }
    used = {source.header for source in kept.values()}
    fresh = {
        name: source for name, source in suggested.columns.items() if name not in kept and source.header not in used
    }
    return (
        layout,
        Mapping(kept | fresh),
        (
            "This file is not written as the stored profile says. Where headings are the same the stored decisions "
            "were kept; the others are suggestions. Check them before you save."
        ),
    )


# --- trying and saving ----------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, feed: Feed, sample: Sample) -> HttpResponse:
    said, declared = request.POST, table(feed.table)
    start, _, _ = _start(feed, sample, suggest=False)
    try:
        layout = deciding.first_layout(said.dict(), start or Layout())
        seen = trying.look(sample, layout)
        mapping = deciding.mapping_said(declared, said.dict())
    except ValueError as fault:
        return _wrong(request, feed, sample, str(fault))
    ask = said.get("ask", "preview")
    if ask == "save":
        return _save(request, feed, sample, layout, mapping, seen)
    drawn = _drawn(request, feed, sample, layout, mapping)
    if request.headers.get("HX-Request") == "true" and ask in PARTS:
        return render(request, PARTS[ask], {"feed": feed, **drawn})
    return _page(request, feed, drawn)


def _wrong(request: HttpRequest, feed: Feed, sample: Sample, fault: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true" and request.POST.get("ask") == "preview":
        return render(request, PARTS["preview"], {"feed": feed, "fault": fault})
    layout, mapping, _ = _start(feed, sample, suggest=False)
    drawn = _drawn(request, feed, sample, layout or Layout(), mapping)
    return _page(request, feed, {**drawn, "error": fault}, status=422)


def _save(
    request: HttpRequest, feed: Feed, sample: Sample, layout: Layout, mapping: Mapping, seen: Seen
) -> HttpResponse:
    declared = table(feed.table)
    try:
        if seen.fault:
            raise Refused(seen.fault)
        profile = deciding.profile_said(declared, request.POST.dict(), layout, seen.header)
        before = feed.profile_version
        save_profile(by=request.user, feed=feed, profile=profile)
    except Refused as refusal:
        return _page(
            request, feed, {**_drawn(request, feed, sample, layout, mapping), "error": str(refusal)}, status=422
        )
    if feed.profile_version == before:
        messages.info(request, "Nothing was different, so the profile stays as it was.")
    else:
        messages.success(request, f"Saved as version {feed.profile_version}. Every later file is read this way.")
    return redirect("feed", feed.code)


# --- drawing --------------------------------------------------------------------------------------------------------


def _drawn(
    request: HttpRequest, feed: Feed, sample: Sample, layout: Layout, mapping: Mapping, note: str = ""
) -> dict[str, Any]:
    declared = table(feed.table)
    seen = trying.look(sample, layout)
    judgement, fault = (None, seen.fault) if seen.fault else trying.try_profile(feed, sample, layout, mapping)
    if judgement is not None and sample.from_import:
        lines = [row.line for row in (*judgement.accepted_rows, *judgement.set_aside_rows)]
        ids = [f"{sample.from_import}:{line}" for line in lines]
        record_look(request.user, feed.table, ids, "profile tried on an earlier import", feed.owning_place)
    return {
        "sample": sample,
        "note": note,
        "layout": layout,
        "layout_json": json.dumps(layout.to_dict()),
        "encodings": deciding.ENCODINGS,
        "delimiters": [
            (key, text, key == ("tab" if layout.delimiter == "\t" else layout.delimiter))
            for key, text in deciding.DELIMITERS
        ],
        "quotes": deciding.QUOTES,
        "formats": deciding.FORMATS,
        "header_row": layout.header_row + 1,
        "sheets": trying.sheets_of(sample, layout),
        "headings": seen.header,
        "preamble": [", ".join(cell for cell in cells if cell) for cells in seen.preamble],
        "decisions": [
            one for one in deciding.decisions(declared, mapping, seen.header) if _asked(feed, mapping, one.name)
        ],
        "file_form": FileForm(),
        "fault": fault,
        **_judged(declared, mapping, judgement, seen),
    }


def _asked(feed: Feed, mapping: Mapping, name: str) -> bool:
    """A feed of one facility need not be asked for the facility of each row."""
    return name != "facility" or name in mapping.columns or name not in columns_given(feed)


def _judged(declared: FactTable, mapping: Mapping, judgement: Any, seen: Seen) -> dict[str, Any]:
    if judgement is None:
        return {"judgement": None}
    columns = [column for column in declared.columns if column.name in mapping.columns or column.required]
    used = {source.header for source in mapping.columns.values()}
    return {
        "judgement": judgement,
        "columns": columns,
        "accepted": [
            {"line": row.line, "cells": [deciding.shown(row.values.get(column.name)) for column in columns]}
            for row in judgement.accepted_rows
        ],
        "set_aside": judgement.set_aside_rows,
        "unused": [heading for heading in seen.header if heading not in used],
        "whole": judgement.rows_read < trying.ROWS,
    }


def _page(request: HttpRequest, feed: Feed, drawn: dict[str, Any], status: int = 200) -> HttpResponse:
    own = reverse("feed", args=[feed.code])
    steps = [
        {"title": "What it is", "url": own, "done": True},
        {
            "title": "How its files are read",
            "url": reverse("feed-profile", args=[feed.code]),
            "done": bool(feed.profile),
            "current": True,
        },
        {"title": "What codes mean", "url": reverse("feed-crosswalks", args=[feed.code])},
        {
            "title": "Import",
            "url": reverse("feed-import", args=[feed.code]),
            "done": Batch.objects.filter(feed=feed).exists(),
        },
    ]
    context = {
        "title": "How its files are read",
        "lead": f"{feed.title}: decided here once, then used for every file. Nothing is guessed later.",
        "feed": feed,
        "steps": steps,
        "crumbs": [("Data intake", reverse("intake")), (feed.title, own), ("How its files are read", "")],
        **drawn,
    }
    return render(request, "intake/profile.html", context, status=status)
