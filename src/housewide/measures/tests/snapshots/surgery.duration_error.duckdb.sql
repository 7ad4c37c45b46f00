SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(room AS TEXT) AS room,
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
    CASE
      WHEN cancelled
      THEN 'canceled'
      WHEN scheduled_start IS NULL OR scheduled_end IS NULL
      THEN 'no booked duration'
      WHEN in_room IS NULL OR out_room IS NULL
      THEN 'no wheels-in or wheels-out time'
    END AS left_out,
    DATE_DIFF('SECOND', in_room, out_room) - DATE_DIFF('SECOND', scheduled_start, scheduled_end) AS value
  FROM or_case
) AS counted
