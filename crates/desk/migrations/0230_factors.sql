-- With what a session began, and sign-ins from somewhere new that its owner should know of.
ALTER TABLE session ADD COLUMN ways TEXT NOT NULL DEFAULT '';
-- whether it began somewhere new itself: 1, and 2 when that was read
ALTER TABLE session ADD COLUMN odd BIGINT NOT NULL DEFAULT 0;
-- other sign-ins from somewhere new, before it or while it lasts
ALTER TABLE session ADD COLUMN odd_others BIGINT NOT NULL DEFAULT 0;
-- until when its owner was told what happened; none: until the last sign-in
ALTER TABLE account ADD COLUMN told_at BIGINT;
