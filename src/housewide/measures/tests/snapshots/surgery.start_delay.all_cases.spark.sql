SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS STRING) AS service,
  CAST(room AS STRING) AS room,
  CAST(late_reason AS STRING) AS late_reason,
  CAST(left_out AS STRING) AS left_out,
  CAST(value AS BIGINT) AS value
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    room,
    COALESCE(late_reason, 'no reason recorded') AS late_reason,
    CASE
      WHEN cancelled
      THEN 'canceled'
      WHEN class <> 'elective'
      THEN 'not elective'
      WHEN scheduled_start IS NULL
      THEN 'no scheduled start'
      WHEN in_room IS NULL
      THEN 'no wheels-in time'
    END AS left_out,
    TIMESTAMPDIFF(SECOND, scheduled_start, in_room) AS value
  FROM or_case
) AS counted
