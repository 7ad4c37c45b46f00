SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    CASE WHEN cancelled THEN 'cancelled' END AS left_out,
    CASE WHEN cancelled THEN 0 ELSE 1 END AS num,
    0 AS den
  FROM or_case
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
