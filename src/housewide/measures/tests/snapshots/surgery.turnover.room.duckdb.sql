SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(room AS TEXT) AS room,
  CAST(kind AS TEXT) AS kind,
  CAST(left_out AS TEXT) AS left_out,
  CAST(value AS BIGINT) AS value
FROM (
  WITH sequence AS (
    SELECT
      row_id,
      place,
      day,
      service,
      room,
      surgeon,
      in_room,
      facility,
      LAG(out_room) OVER (PARTITION BY facility, room, day ORDER BY in_room, case_id) AS room_free,
      LAG(surgeon) OVER (PARTITION BY facility, room, day ORDER BY in_room, case_id) AS surgeon_before,
      LAG(room) OVER (PARTITION BY facility, surgeon, day ORDER BY in_room, case_id) AS surgeons_last_room,
      LAG(out_room) OVER (PARTITION BY facility, surgeon, day ORDER BY in_room, case_id) AS surgeons_last_out
    FROM or_case
    WHERE
      NOT cancelled AND NOT in_room IS NULL AND NOT out_room IS NULL
  ), gaps AS (
    SELECT
      row_id,
      place,
      day,
      service,
      room,
      facility,
      DATE_DIFF('SECOND', room_free, in_room) AS gap_s,
      CASE
        WHEN NOT surgeon IS NULL AND surgeons_last_room <> room
        THEN 'flip room'
        WHEN surgeon = surgeon_before
        THEN 'same surgeon'
        ELSE 'next surgeon'
      END AS kind
    FROM sequence
    WHERE
      NOT room_free IS NULL
  )
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    room,
    kind,
    CASE
      WHEN gap_s < 0
      THEN 'overlap: in the room before the last patient was out'
      WHEN gap_s > 3600
      THEN 'idle time, not turnover'
    END AS left_out,
    gap_s AS value
  FROM gaps
) AS counted
