SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS STRING) AS service,
  CAST(class AS STRING) AS class,
  CAST(left_out AS STRING) AS left_out,
  CAST(key AS STRING) AS key
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
