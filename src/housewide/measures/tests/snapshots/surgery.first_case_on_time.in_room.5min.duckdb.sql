SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(service AS TEXT) AS service,
  CAST(room AS TEXT) AS room,
  CAST(late_reason AS TEXT) AS late_reason,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
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
      c.late_reason,
      c.cancelled,
      c.first_planned_late,
      k.workday,
      c.in_room AS happened,
      s.row_id AS staffed,
      d.rooms AS rooms_staffed,
      DATE_DIFF('SECOND', c.frozen_start, c.in_room) AS delay_s,
      ROW_NUMBER() OVER (PARTITION BY c.facility, c.room, c.day ORDER BY c.frozen_start, c.case_id) AS position
    FROM or_case AS c
    JOIN calendar AS k
      ON k.facility = c.facility AND k.day = c.day
    LEFT JOIN staffed_room AS s
      ON s.facility = c.facility AND s.room = c.room AND s.day = c.day
    LEFT JOIN staffed_day AS d
      ON d.facility = c.facility AND d.day = c.day
    WHERE
      NOT c.frozen_start IS NULL AND c.class = 'elective'
  ), judged AS (
    SELECT
      row_id,
      place,
      day,
      service,
      room,
      COALESCE(late_reason, 'no reason recorded') AS late_reason,
      delay_s,
      CASE
        WHEN NOT workday
        THEN 'weekend or holiday'
        WHEN NOT rooms_staffed IS NULL AND staffed IS NULL
        THEN 'room not staffed that day'
        WHEN cancelled
        THEN 'first case canceled'
        WHEN first_planned_late
        THEN 'planned late start'
        WHEN happened IS NULL
        THEN 'no wheels-in time'
      END AS left_out
    FROM ordered
    WHERE
      position = 1
  )
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    service,
    room,
    CASE WHEN delay_s <= 300 THEN 'on time' ELSE late_reason END AS late_reason,
    left_out,
    CASE WHEN left_out IS NULL AND delay_s <= 300 THEN 1 ELSE 0 END AS num,
    CASE WHEN left_out IS NULL THEN 1 ELSE 0 END AS den
  FROM judged
) AS counted
