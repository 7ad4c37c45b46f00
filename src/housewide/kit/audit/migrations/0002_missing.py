from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="missing",
            field=models.TextField(blank=True, default=""),
        ),
    ]
