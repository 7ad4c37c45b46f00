from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.work.huddles.views import board, issue, rounding, times, today

urlpatterns: list[URLPattern | URLResolver] = [
    path("huddles/", today.show, name="huddles"),
    path("huddles/rounding/", rounding.show, name="rounding"),
    path("huddles/rounding/new/", rounding.new, name="rounding-new"),
    path("huddles/times/<slug:place>/", times.show, name="huddle-times"),
    path("huddles/rows/<slug:table>/<slug:row>/", issue.row, name="huddle-row"),
    path("huddles/<slug:place>/<str:day>/", board.show, name="huddle"),
    path("huddles/<slug:place>/<str:day>/wall/", board.wall, name="huddle-wall"),
    path("huddles/<slug:place>/<str:day>/sheet/", board.sheet, name="huddle-sheet"),
    path("huddles/<slug:place>/<str:day>/start/", board.start, name="huddle-start"),
    path("huddles/<slug:place>/<str:day>/end/", board.end, name="huddle-end"),
    path("huddles/<slug:place>/<str:day>/skip/", board.skip, name="huddle-skip"),
    path("huddles/<slug:place>/<str:day>/attendance/", board.attendance, name="huddle-attendance"),
    path("huddles/<slug:place>/<str:day>/record/", board.record, name="huddle-record"),
    path("issues/new/", issue.new, name="issue-new"),
    path("issues/<slug:public_id>/", issue.show, name="issue"),
    path("issues/<slug:public_id>/resolve/", issue.resolve, name="issue-resolve"),
    path("issues/<slug:public_id>/assign/", issue.assign, name="issue-assign"),
    path("issues/<slug:public_id>/escalate/", issue.escalate, name="issue-escalate"),
    path("issues/<slug:public_id>/answer/", issue.answer, name="issue-answer"),
    path("issues/<slug:public_id>/hear/", issue.hear, name="issue-hear"),
    path("issues/<slug:public_id>/say/", issue.say, name="issue-say"),
]
