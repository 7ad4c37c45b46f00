WITH inside AS (
  SELECT
    c.row_id,
    s.place,
    c.day,
    c.room,
    c.service,
    c.cancelled,
    c.in_room,
    c.out_room,
    s.starts,
    s.ends,
    CASE WHEN c.in_room > s.starts THEN c.in_room ELSE s.starts END AS opened,
    CASE WHEN c.out_room < s.ends THEN c.out_room ELSE s.ends END AS closed
  FROM or_case AS c
  JOIN staffed_room AS s
    ON s.facility = c.facility AND s.room = c.room AND s.day = c.day
)
SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(room AS STRING) AS room,
  CAST(service AS STRING) AS service,
  CAST(left_out AS STRING) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    room,
    service,
    CASE
      WHEN cancelled
      THEN 'canceled'
      WHEN in_room IS NULL OR out_room IS NULL
      THEN 'no wheels-in or wheels-out time'
      WHEN closed <= opened
      THEN 'outside the staffed hours'
    END AS left_out,
    CASE
      WHEN NOT cancelled AND NOT in_room IS NULL AND NOT out_room IS NULL AND closed > opened
      THEN TIMESTAMPDIFF(SECOND, opened, closed)
      ELSE 0
    END AS num,
    0 AS den
  FROM inside
  UNION ALL
  SELECT
    'staffed_room' AS src,
    row_id,
    place,
    day,
    room,
    'staffed hours' AS service,
    NULL AS left_out,
    0 AS num,
    TIMESTAMPDIFF(SECOND, starts, ends) AS den
  FROM staffed_room
) AS counted
