SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(room AS TEXT) AS room,
  CAST(late_reason AS TEXT) AS late_reason,
  CAST(left_out AS TEXT) AS left_out,
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
    DATE_DIFF('SECOND', scheduled_start, in_room) AS value
  FROM or_case
) AS counted
