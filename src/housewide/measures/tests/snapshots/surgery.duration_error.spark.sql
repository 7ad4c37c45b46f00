SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS STRING) AS service,
  CAST(room AS STRING) AS room,
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
    CASE
      WHEN cancelled
      THEN 'canceled'
      WHEN scheduled_start IS NULL OR scheduled_end IS NULL
      THEN 'no booked duration'
      WHEN in_room IS NULL OR out_room IS NULL
      THEN 'no wheels-in or wheels-out time'
    END AS left_out,
    TIMESTAMPDIFF(SECOND, in_room, out_room) - TIMESTAMPDIFF(SECOND, scheduled_start, scheduled_end) AS value
  FROM or_case
) AS counted
