"""Every part draws what it was given, says it in words as well as colour, and trusts nobody's text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from housewide.kit.ui import views
from housewide.kit.ui.fields import DayField, DurationField, MoneyField

UI = Path(__file__).parents[1]
SOURCES = UI.parents[1]
TEMPLATES = sorted(SOURCES.rglob("templates/**/*.html"))


def draw(text: str, **context: object) -> str:
    return Template("{% load ui %}" + text).render(Context(context))


class Asked(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the <b>charter</b>.")
    saving = MoneyField(label="Saving", least=0)
    day = DayField(label="Day", required=False)
    goal = DurationField(label="Goal", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    proof = forms.FileField(label="Proof", required=False)
    agreed = forms.BooleanField(label="Agreed")
    word = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_signal_says_its_word_and_tone_apart_from_its_arrow() -> None:
    drawn = draw('{% signal "Improving" "good down" %}')
    assert 'class="signal good"' in drawn
    assert "#trending-down" in drawn
    assert "Improving" in drawn


def test_a_signal_without_direction_is_neutral() -> None:
    assert "#minus" in draw('{% signal "No change" %}')


def test_words_in_a_signal_are_escaped() -> None:
    assert "<script>" not in draw("{% signal word %}", word="<script>")


def test_a_wrong_form_names_each_error_beside_its_field_and_on_top() -> None:
    drawn = draw('{% form form submit="Start" %}', form=Asked({"name": "x", "saving": "lots"}), csrf_token="t")
    assert 'href="#id_saving"' in drawn
    assert "Choose “Kind”." in drawn
    assert "Tick “Agreed”." in drawn
    assert "There are 3 problems" in drawn
    control = re.search(r'<input[^>]*id="id_saving"[^>]*>', drawn)
    assert control
    assert 'aria-invalid="true"' in control[0]
    assert 'aria-describedby="id_saving-error"' in control[0]
    assert 'id="id_saving-error"' in drawn
    assert drawn.count('class="primary"') == 1
    assert 'enctype="multipart/form-data"' in drawn


def test_every_link_of_the_error_summary_leads_to_something() -> None:
    drawn = draw("{% form form %}", form=Asked({}), csrf_token="t")
    targets = set(re.findall(r'href="#([^"]+)"', drawn))
    assert targets >= {"id_name", "id_kind", "id_agreed"}
    assert all(f'id="{target}"' in drawn for target in targets)


def test_a_form_that_is_fine_shows_no_summary() -> None:
    assert "data-error-summary" not in draw("{% form form %}", form=Asked(), csrf_token="t")


def test_every_page_of_the_style_guide_is_drawn(rf: RequestFactory) -> None:
    assert b"Every kind of field" in views.style_guide(rf.get("/style/")).content


def test_an_empty_state_says_what_to_do_next() -> None:
    drawn = draw('{% empty "Nothing yet" "Import the log." "/import/" "Import" %}')
    assert "Import the log." in drawn
    assert 'href="/import/"' in drawn


def test_an_empty_state_can_stand_inside_a_loop() -> None:
    assert draw('{% for one in two %}{% empty_state "None" %}{% endfor %}', two=[1, 2]).count("None") == 2


def test_a_progress_bar_without_a_known_end_claims_no_share() -> None:
    assert "value=" not in draw('{% progress None 0 "Planning" %}')
    assert 'value="3"' in draw('{% progress 3 10 "Importing" poll="/jobs/1/" %}')


def test_only_charts_are_put_in_as_markup() -> None:
    assert draw("{% spark it %}", it="<svg><path/></svg>") == "<svg><path/></svg>"
    assert "<b>" not in draw("{% spark it %}", it="<b>bold</b>")
    assert "<script" not in draw("{% spark it %}", it="<svg><script>x</script></svg>")


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context_and_say_what_to_do(name: str) -> None:
    drawn = render_to_string(name, {})
    assert "What was kept" in drawn
    assert "What to do" in drawn


@pytest.mark.parametrize("name", ["home", "list", "record", "planner", "review", "wizard", "signin", "frame"])
def test_every_page_kind_stands_without_context(name: str) -> None:
    context = {"title": "T", "list": {"page": {"count": 0}, "empty": ("a", "b", "", "")}}
    assert '<main id="main"' in get_template(f"ui/{name}.html").render(context)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_a_weaker_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|hx-on|javascript:', text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (UI / "static/ui/icons.svg").read_text(encoding="utf-8")))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))}
    assert named - sprite == set()
    assert len(named) > 10


def test_colours_are_tokens_everywhere_but_in_root() -> None:
    for name in ("housewide.css", "parts.css"):
        text = (UI / "static/ui" / name).read_text(encoding="utf-8")
        outside = re.sub(r":root \{.*?\n  \}", "", text, flags=re.S).split("@layer print {")[0]
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", outside)
        assert len(text.splitlines()) <= 500
