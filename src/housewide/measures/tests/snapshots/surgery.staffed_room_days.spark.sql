SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(room AS STRING) AS room,
  CAST(left_out AS STRING) AS left_out,
  CAST(num AS BIGINT) AS num
FROM (
  SELECT
    'staffed_room' AS src,
    row_id,
    place,
    day,
    room,
    NULL AS left_out,
    1 AS num
  FROM staffed_room
) AS counted
