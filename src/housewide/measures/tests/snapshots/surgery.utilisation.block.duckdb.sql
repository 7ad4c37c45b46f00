SELECT
  CAST(src AS TEXT) AS src,
  CAST(row_id AS TEXT) AS row_id,
  CAST(place AS TEXT) AS place,
  CAST(day AS DATE) AS day,
  CAST(owner AS TEXT) AS owner,
  CAST(room AS TEXT) AS room,
  CAST(left_out AS TEXT) AS left_out,
  CAST(num AS BIGINT) AS num,
  CAST(den AS BIGINT) AS den
FROM (
  WITH owned AS (
    SELECT
      ROW_NUMBER() OVER (
        PARTITION BY b.facility, c.row_id
        ORDER BY CASE WHEN c.in_room < b.ends AND c.out_room > b.starts THEN 0 ELSE 1 END, b.starts, b.block_id
      ) AS nth,
      c.row_id,
      b.place,
      c.day,
      b.room,
      b.owner,
      c.cancelled,
      c.in_room,
      c.out_room,
      CASE WHEN c.in_room > b.starts THEN c.in_room ELSE b.starts END AS opened,
      CASE WHEN c.out_room < b.ends THEN c.out_room ELSE b.ends END AS closed
    FROM or_case AS c
    JOIN or_block AS b
      ON b.facility = c.facility AND b.room = c.room AND b.day = c.day
    WHERE
      b.released_at IS NULL AND (
        b.owner = c.surgeon OR b.owner = c.service
      )
  )
  SELECT
    'or_case' AS src,
    row_id,
    place,
    day,
    owner,
    room,
    CASE
      WHEN cancelled
      THEN 'canceled'
      WHEN in_room IS NULL OR out_room IS NULL
      THEN 'no wheels-in or wheels-out time'
      WHEN closed <= opened
      THEN 'outside the block'
    END AS left_out,
    CASE
      WHEN NOT cancelled AND NOT in_room IS NULL AND NOT out_room IS NULL AND closed > opened
      THEN DATE_DIFF('SECOND', opened, closed) + CASE WHEN nth = 1 THEN 1800 ELSE 0 END
      ELSE 0
    END AS num,
    0 AS den
  FROM owned
  WHERE
    nth = 1 OR (
      NOT cancelled AND closed > opened
    )
  UNION ALL
  SELECT
    'or_block' AS src,
    row_id,
    place,
    day,
    owner,
    room,
    CASE WHEN NOT released_at IS NULL THEN 'released' END AS left_out,
    0 AS num,
    CASE WHEN released_at IS NULL THEN DATE_DIFF('SECOND', starts, ends) ELSE 0 END AS den
  FROM or_block
) AS counted
