SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(owner AS STRING) AS owner,
  CAST(room AS STRING) AS room,
  CAST(service AS STRING) AS service,
  CAST(left_out AS STRING) AS left_out,
  CAST(num AS BIGINT) AS num
FROM (
  SELECT
    'or_case' AS src,
    c.row_id,
    b.place,
    c.day,
    b.owner,
    b.room,
    c.service,
    CASE WHEN c.out_room <= b.ends THEN 'ended in time' END AS left_out,
    CASE
      WHEN c.out_room <= b.ends
      THEN 0
      ELSE TIMESTAMPDIFF(SECOND, b.ends, c.out_room)
    END AS num
  FROM or_case AS c
  JOIN or_block AS b
    ON b.facility = c.facility AND b.room = c.room AND b.day = c.day
  WHERE
    NOT c.cancelled
    AND NOT c.in_room IS NULL
    AND NOT c.out_room IS NULL
    AND c.in_room >= b.starts
    AND c.in_room < b.ends
) AS counted
