SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(class AS TEXT) AS class,
  CAST(left_out AS TEXT) AS left_out,
  CAST(key AS TEXT) AS key
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    class,
    CASE WHEN cancelled THEN 'canceled' WHEN surgeon IS NULL THEN 'no surgeon named' END AS left_out,
    surgeon AS key
  FROM or_case
) AS counted
