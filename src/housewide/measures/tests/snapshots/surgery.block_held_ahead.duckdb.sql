SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(owner_kind AS TEXT) AS owner_kind,
  CAST(room AS TEXT) AS room,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num
FROM (
  WITH ends AS (
    SELECT
      facility,
      period,
      MAX(day) AS day
    FROM calendar
    GROUP BY
      facility,
      period
  )
  SELECT
    'or_block' AS src,
    b.row_id,
    b.place,
    e.day,
    b.owner_kind,
    b.room,
    CASE WHEN b.released_at <= e.day THEN 'released by then' END AS left_out,
    CASE
      WHEN b.released_at <= e.day
      THEN 0
      ELSE DATE_DIFF('SECOND', b.starts, b.ends)
    END AS num
  FROM or_block AS b
  JOIN ends AS e
    ON e.facility = b.facility AND b.day > e.day AND b.day <= e.day + INTERVAL '14' DAY
) AS counted
