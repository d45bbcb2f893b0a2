"""What a statement may name beside governed views, each by itself: whatever is not named here is refused. Pure."""

from sqlglot import expressions as exp


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _kinds(text: str) -> frozenset[type[exp.Expr]]:
    """What the parser calls so; a name that this version of it does not have is left out."""
    return frozenset(getattr(exp, name) for name in text.split() if hasattr(exp, name))


# What drivers and tools read of the catalogs. The role may read no more of them than PostgreSQL lets it.
CATALOGS = _words(
    """
    pg_aggregate pg_am pg_attrdef pg_attribute pg_cast pg_class pg_collation pg_constraint pg_conversion pg_database
    pg_description pg_enum pg_event_trigger pg_extension pg_foreign_data_wrapper pg_foreign_server pg_foreign_table pg_index
    pg_indexes pg_inherits pg_language pg_matviews pg_namespace pg_opclass pg_operator pg_opfamily pg_partitioned_table
    pg_policy pg_proc pg_publication pg_publication_namespace pg_publication_rel pg_range pg_rewrite pg_sequence
    pg_sequences pg_settings pg_statistic_ext pg_tables pg_tablespace pg_trigger pg_type pg_views
    """
)
# These say of the role's own relations alone; which schema is meant has to be said, as tools do.
INFORMATION = _words(
    """
    tables columns views schemata table_constraints key_column_usage constraint_column_usage referential_constraints
    table_privileges column_privileges routines parameters sequences element_types domains
    """
)
# How many rows tables have says how many people appealed.
COUNTED = frozenset({"relpages", "reltuples", "relallvisible", "relallfrozen"})

FUNCTIONS = _words(
    """
    abs acos age array_agg array_append array_length array_position array_to_string array_upper array_lower asin atan atan2
    avg bit_and bit_or bool_and bool_or btrim cardinality cbrt ceil ceiling char_length coalesce concat concat_ws corr cos
    count covar_pop covar_samp cume_dist date_bin date_part date_trunc degrees dense_rank div every exp extract first_value
    floor format generate_series generate_subscripts greatest initcap json_agg json_build_object json_object_agg jsonb_agg
    jsonb_build_object jsonb_object_agg lag last_value lead least left length ln log log10 lower lpad ltrim make_date
    make_interval make_timestamp max min mod mode nth_value ntile nullif octet_length overlay percent_rank percentile_cont
    percentile_disc pi position pow power radians rank regexp_match regexp_replace regr_intercept regr_slope repeat replace
    reverse right round row_number row_to_json rpad rtrim sign sin split_part sqrt starts_with stddev stddev_pop stddev_samp
    string_agg string_to_array strpos substr substring sum tan to_char to_date to_json to_jsonb to_number to_timestamp
    translate trim trunc unnest upper var_pop var_samp variance width_bucket now current_timestamp statement_timestamp
    transaction_timestamp clock_timestamp date_part isfinite justify_days justify_hours quote_ident quote_literal parse_ident md5
    any_value array_in array_out col_description current_catalog current_database current_query current_role current_schema
    current_schemas current_setting current_user format_type has_any_column_privilege has_column_privilege has_database_privilege
    has_function_privilege has_schema_privilege has_table_privilege has_sequence_privilege
    information_schema._pg_expandarray _pg_expandarray obj_description pg_backend_pid pg_advisory_unlock_all pg_client_encoding pg_encoding_to_char
    pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arguments pg_get_function_identity_arguments
    pg_get_function_result pg_get_indexdef pg_get_keywords pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence
    pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_get_statisticsobjdef_columns pg_index_column_has_property
    pg_is_in_recovery pg_is_other_temp_schema pg_my_temp_schema pg_operator_is_visible pg_opclass_is_visible
    pg_collation_is_visible pg_relation_is_publishable pg_table_is_visible pg_tablespace_location pg_type_is_visible
    pg_typeof pg_options_to_table session_user shobj_description to_regclass to_regnamespace to_regproc to_regtype user
    version information_schema_catalog_name txid_current_if_assigned
    """
)
# What the parser knows by a class of its own, whose name is none of PostgreSQL's.
FUNCTION_KINDS: frozenset[type[exp.Expr]] = _kinds(
    """
    And Or Xor Case If Cast TryCast Coalesce Exists Array ArrayAgg GroupConcat TimeToStr StrToTime StrToDate UnixToTime
    TimestampTrunc DateTrunc CurrentDate CurrentTimestamp CurrentTime CurrentSchema CurrentUser SessionUser CurrentCatalog
    CurrentDatabase CurrentVersion Explode Localtime Localtimestamp Stddev StddevPop StddevSamp Variance VariancePop Pow Ceil Length
    StrPosition Substring Trim Upper Lower Unnest ExplodingGenerateSeries GenerateSeries JSONExtract JSONExtractScalar
    JSONArrayAgg JSONObjectAgg JSONBObjectAgg JSONObject LogicalAnd LogicalOr DateBin SplitPart Pad ArrayToString ArraySize
    ArrayPosition StringToArray RegexpReplace RegexpLike RegexpILike Collate ToChar ToNumber UnixToStr MD5 Getbit Extract
    Count Sum Avg Min Max RowNumber Rank DenseRank PercentRank CumeDist Ntile Lag Lead FirstValue LastValue NthValue
    PercentileCont PercentileDisc Mode Corr CovarPop CovarSamp Abs Floor Round Sqrt Ln Log Exp Sign Greatest Least Concat
    ConcatWs Replace Left Right Initcap Reverse Nullif Trunc DatePart MakeInterval Overlay Repeat Translate ToTimestamp
    StartsWith AnyValue ArrayConcat ArrayAppend ArrayContainsAll ArrayContainedBy ArrayOverlaps Date Quarter Month Year Day
    """
)
# All that a query is made of, beside functions: no lock, no writing, no command, no sample of a table, no operator by its schema.
PARTS: frozenset[type[exp.Expr]] = _kinds(
    """
    Select Union Intersect Except Subquery Values Tuple Table TableAlias Column Identifier Alias Aliases Star Literal
    Boolean Null Placeholder Parameter From Join Where Group Having Order Ordered Limit LimitOptions Offset Fetch Distinct
    With CTE Window WindowSpec Filter WithinGroup IgnoreNulls RespectNulls Lateral DataType DataTypeParam ColumnDef Var
    Paren Bracket Slice Dot Interval AtTimeZone Add Sub Mul Div IntDiv Mod Neg DPipe BitwiseAnd BitwiseOr BitwiseXor
    BitwiseNot BitwiseLeftShift BitwiseRightShift EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is Not In Between Like ILike
    SimilarTo Escape Any All Operator ObjectIdentifier RawString ByteString National JSONPath JSONPathKey JSONPathRoot
    JSONPathSubscript JSONPathWildcard Kwarg PropertyEQ GroupingSets Rollup Cube WithOrdinality Parens Cast RegexpLike
    Binary JSONKeyValue ArrayContainsAll PseudoType Alias
    """
)
RANKING = _words("rank dense_rank percent_rank cume_dist ntile percentile_cont percentile_disc mode")
EXTREMES = _words("max min first_value last_value nth_value")

# Settings that a client may change, with what they may become; all others stay as they are.
SETTINGS = _words(
    """
    application_name client_encoding client_min_messages datestyle extra_float_digits intervalstyle timezone bytea_output
    standard_conforming_strings default_transaction_isolation default_transaction_read_only jit geqo row_security search_path
    """
)
_FIXED = {
    "standard_conforming_strings": ("on", "true", "yes", "1"),
    "client_encoding": ("utf8", "utf-8", "unicode"),
    "search_path": ("governed", '"governed"'),  # as it is: Superset says so before each query
    "default_transaction_read_only": ("on", "true", "yes", "1"),
}


def may_set(name: str, value: str) -> bool:
    """Whether a client may set a setting to a value. In another encoding, or with other quotes, a text would not be what is read here."""
    return name in SETTINGS and value.lower() in _FIXED.get(name, (value.lower(),))


SHOWN = SETTINGS | _words(
    """
    server_version server_version_num server_encoding search_path transaction_isolation transaction_read_only
    statement_timeout idle_in_transaction_session_timeout lock_timeout max_identifier_length integer_datetimes is_superuser
    session_authorization lc_collate lc_ctype lc_monetary max_index_keys block_size default_with_oids in_hot_standby port
    default_table_access_method standard_conforming_strings
    """
)
