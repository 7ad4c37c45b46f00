from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.work.noticing.views import answers, signals
from housewide.work.views import comments, my_work, notices, task

urlpatterns: list[URLPattern | URLResolver] = [
    path("comments/<slug:kind>/<path:id>/say/", comments.say, name="comment-say"),
    path("comments/<slug:kind>/<path:id>/people/", comments.people, name="comment-people"),
    path("notices/", notices.show, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/<slug:public_id>/read/", notices.read, name="notice-read"),
    path("work/", my_work.show, name="my-work"),
    path("work/many/", my_work.many, name="tasks-many"),
    path("work/new/", task.new, name="task-new"),
    path("work/<slug:public_id>/", task.show, name="task"),
    path("work/<slug:public_id>/finish/", task.finish, name="task-finish"),
    path("work/<slug:public_id>/drop/", task.drop, name="task-drop"),
    path("work/<slug:public_id>/hand-over/", task.hand_over, name="task-hand-over"),
    path("work/<slug:public_id>/due/", task.due, name="task-due"),
    path("work/<slug:public_id>/say/", task.say, name="task-say"),
    path("at/<slug:place>/<str:period>/signals/", signals.show, name="signals"),
    path("at/<slug:place>/<str:period>/measures/<str:measure>/signal/", answers.answer, name="signal-answer"),
    path("at/<slug:place>/<str:period>/measures/<str:measure>/ask-again/", answers.ask_again, name="signal-ask-again"),
]
