SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
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
    'or_case' AS src,
    row_id,
    place,
    day,
    left_out,
    CASE WHEN left_out IS NULL THEN 1 ELSE 0 END AS num,
    0 AS den
  FROM done
  UNION ALL
  SELECT
    'staffed_room' AS src,
    MIN(row_id) AS row_id,
    place,
    day,
    NULL AS left_out,
    0 AS num,
    1 AS den
  FROM staffed_room
  GROUP BY
    place,
    day
) AS counted
