SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(cancel_reason AS TEXT) AS cancel_reason,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    CASE
      WHEN cancelled
      THEN COALESCE(cancel_reason, 'no reason recorded')
      ELSE 'not canceled'
    END AS cancel_reason,
    CASE WHEN class <> 'elective' THEN 'not elective' END AS left_out,
    CASE WHEN class = 'elective' AND cancelled THEN 1 ELSE 0 END AS num,
    CASE WHEN class = 'elective' THEN 1 ELSE 0 END AS den
  FROM or_case
) AS counted
