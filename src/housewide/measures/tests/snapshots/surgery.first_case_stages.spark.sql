WITH staffed_day AS (
  SELECT
    facility,
    day,
    CAST(COUNT(*) AS BIGINT) AS rooms
  FROM staffed_room
  GROUP BY
    facility,
    day
), ordered AS (
  SELECT
    c.row_id,
    c.place,
    c.day,
    c.service,
    c.room,
    c.cancelled,
    c.first_planned_late,
    k.workday,
    c.in_room,
    s.row_id AS staffed,
    d.rooms AS rooms_staffed,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.arrived) + 7200 AS late_arrived,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.preop_ready) + 3300 AS late_ready,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.site_marked) + 2520 AS late_marked,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.anaesthesia_seen) + 1800 AS late_anaesthesia,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.surgeon_seen) + 960 AS late_surgeon,
    TIMESTAMPDIFF(SECOND, c.frozen_start, c.in_room) AS late_in,
    ROW_NUMBER() OVER (
      PARTITION BY c.facility, c.room, c.day
      ORDER BY c.frozen_start NULLS LAST, c.case_id NULLS LAST
    ) AS position
  FROM or_case AS c
  JOIN calendar AS k
    ON k.facility = c.facility AND k.day = c.day
  LEFT JOIN staffed_room AS s
    ON s.facility = c.facility AND s.room = c.room AND s.day = c.day
  LEFT JOIN staffed_day AS d
    ON d.facility = c.facility AND d.day = c.day
  WHERE
    NOT c.frozen_start IS NULL AND c.class = 'elective'
), counted AS (
  SELECT
    row_id,
    place,
    day,
    service,
    room,
    late_in,
    COALESCE(late_arrived, 0) AS to_arrived,
    COALESCE(late_ready, late_arrived, 0) AS to_ready,
    COALESCE(late_marked, late_ready, late_arrived, 0) AS to_marked,
    COALESCE(late_anaesthesia, late_marked, late_ready, late_arrived, 0) AS to_anaesthesia,
    COALESCE(late_surgeon, late_anaesthesia, late_marked, late_ready, late_arrived, 0) AS to_surgeon
  FROM ordered
  WHERE
    position = 1
    AND workday
    AND (
      rooms_staffed IS NULL OR NOT staffed IS NULL
    )
    AND NOT cancelled
    AND NOT COALESCE(first_planned_late, FALSE)
    AND NOT in_room IS NULL
)
SELECT
  CAST(src AS STRING) AS src,
  CAST(row_id AS STRING) AS row_id,
  CAST(place AS STRING) AS place,
  CAST(day AS DATE) AS day,
  CAST(stage AS STRING) AS stage,
  CAST(room AS STRING) AS room,
  CAST(service AS STRING) AS service,
  CAST(left_out AS STRING) AS left_out,
  CAST(num AS BIGINT) AS num
FROM (
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '1 Arrival' AS stage,
    room,
    service,
    NULL AS left_out,
    to_arrived AS num
  FROM counted
  UNION ALL
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '2 Pre-op nursing' AS stage,
    room,
    service,
    NULL AS left_out,
    to_ready - to_arrived AS num
  FROM counted
  UNION ALL
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '3 H&P, consent, site mark' AS stage,
    room,
    service,
    NULL AS left_out,
    to_marked - to_ready AS num
  FROM counted
  UNION ALL
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '4 Anesthesia visit' AS stage,
    room,
    service,
    NULL AS left_out,
    to_anaesthesia - to_marked AS num
  FROM counted
  UNION ALL
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '5 Surgeon visit' AS stage,
    room,
    service,
    NULL AS left_out,
    to_surgeon - to_anaesthesia AS num
  FROM counted
  UNION ALL
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    '6 Hand-off to the room' AS stage,
    room,
    service,
    NULL AS left_out,
    late_in - to_surgeon AS num
  FROM counted
) AS counted
