SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS STRING) AS service,
  CAST(room AS STRING) AS room,
  CAST(class AS STRING) AS class,
  CAST(left_out AS STRING) AS left_out,
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
