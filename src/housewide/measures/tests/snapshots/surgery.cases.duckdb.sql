SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(room AS TEXT) AS room,
  CAST(class AS TEXT) AS class,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    room,
    class,
    CASE WHEN cancelled THEN 'canceled' END AS left_out,
    CASE WHEN cancelled THEN 0 ELSE 1 END AS num
  FROM or_case
) AS counted
