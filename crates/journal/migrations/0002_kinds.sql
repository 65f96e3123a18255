-- Which kinds and versions of fact there are, without reading every fact: asked at each start.
CREATE INDEX fact_kind ON fact (kind, version);
