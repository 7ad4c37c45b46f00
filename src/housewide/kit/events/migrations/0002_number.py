from django.db import migrations, models
from django.db.models import F


def number_events(apps, schema_editor):
    """What was told by id until now goes on where it was."""
    apps.get_model("events", "Event").objects.update(number=F("id"))


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="number",
            field=models.BigIntegerField(editable=False, null=True, unique=True),
        ),
        migrations.RunPython(number_events, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="event", name="events_even_name_fa3ee3_idx"),
        migrations.AddIndex(model_name="event", index=models.Index(fields=["name", "number"], name="events_even_name_4efd4e_idx")),
    ]
