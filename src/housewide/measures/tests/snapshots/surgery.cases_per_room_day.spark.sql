WITH staffed_month AS (
  SELECT
    k.facility,
    k.period,
    CAST(COUNT(*) AS BIGINT) AS rooms
  FROM staffed_room AS s
  JOIN calendar AS k
    ON k.facility = s.facility AND k.day = s.day
  GROUP BY
    k.facility,
    k.period
), done AS (
  SELECT
    c.row_id,
    c.place,
    c.day,
    c.room,
    CASE
      WHEN c.cancelled
      THEN 'canceled'
      WHEN m.rooms IS NULL
      THEN 'no staffed rooms known for the month'
    END AS left_out
  FROM or_case AS c
  JOIN calendar AS k
    ON k.facility = c.facility AND k.day = c.day
  LEFT JOIN staffed_month AS m
    ON m.facility = k.facility AND m.period = k.period
)
SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(room AS STRING) AS room,
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
    left_out,
    CASE WHEN left_out IS NULL THEN 1 ELSE 0 END AS num,
    0 AS den
  FROM done
  UNION ALL
  SELECT
    'staffed_room' AS src,
    row_id,
    place,
    day,
    room,
    NULL AS left_out,
    0 AS num,
    1 AS den
  FROM staffed_room
) AS counted
