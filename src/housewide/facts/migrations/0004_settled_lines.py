import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("facts", "0003_months_close_per_owner")]

    operations = [
        migrations.RemoveConstraint(model_name="correctedline", name="corrected_once"),
        migrations.RenameModel("CorrectedLine", "SettledLine"),
        migrations.AddField(
            model_name="settledline",
            name="how",
            field=models.CharField(
                choices=[
                    ("corrected", "accepted from a correction"),
                    ("newer", "a newer row with its key was accepted"),
                    ("again", "came again, and waits there"),
                    ("anew", "its month came anew"),
                    ("back", "failed again, and waits where it first did"),
                    ("let go", "let go: it needs no correction"),
                ],
                default="corrected",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="settledline",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="settled_lines", to="facts.batch"
            ),
        ),
        migrations.AlterField(
            model_name="settledline",
            name="by_batch",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="facts.batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="settledline",
            constraint=models.UniqueConstraint(fields=("batch", "line"), name="settled_once"),
        ),
    ]
