/* Commands: each jti runs once, and its answer is kept for whoever asks again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "controller/store_impl.h"

enum { PASSAGE_RECORD_SIZE = 16384, PASSAGE_ANSWER_SIZE = 8192 };

struct command {
    const char *jti, *text;
    int64_t now;
    bool fresh;
};

static int begin_run(struct store *store, void *arg)
{
    struct command *command = arg;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_INSERT);
    store_bind_text(statement, 1, command->jti);
    store_bind_text(statement, 2, command->text);
    sqlite3_bind_int64(statement, 3, command->now);
    int changes = 0;
    int rc = store_sql_run(store, statement, &changes);
    command->fresh = changes == 1;
    return rc;
}

static int known_answer(struct store *store, const char *jti, char *ret, size_t size, bool *ret_published)
{
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_FIND);
    store_bind_text(statement, 1, jti);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *ret_published = sqlite3_column_int(statement, 1) != 0;
        if (size > 0 && !store_column_text(statement, 0, ret, size))
            ret[0] = '\0'; /* does not fit: the caller knows the command at least */
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_ROW)
        return 0;
    store_fail(store, rc, "command");
    return -EIO;
}

int store_command_begin(struct store *store, const char *jti, const char *claims_json, int64_t now,
                        char *ret_json, size_t size, bool *ret_published)
{
    struct command command = {.jti = jti, .text = claims_json, .now = now};
    int rc = store_call(store, begin_run, &command);
    if (rc < 0)
        return rc;
    if (!command.fresh)
        return known_answer(store, jti, ret_json, size, ret_published);
    if (size > 0)
        ret_json[0] = '\0';
    *ret_published = false;
    return 1;
}

static int end_run(struct store *store, void *arg)
{
    const struct command *command = arg;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_END);
    store_bind_text(statement, 1, command->jti);
    store_bind_text(statement, 2, command->text);
    return store_sql_run(store, statement, NULL);
}

int store_command_end(struct store *store, const char *jti, const char *json)
{
    if (strlen(json) >= STORE_RESULT_SIZE)
        return -EMSGSIZE;
    struct command command = {.jti = jti, .text = json};
    return store_call(store, end_run, &command);
}

static int published_run(struct store *store, void *arg)
{
    const struct command *command = arg;
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_PUBLISHED);
    store_bind_text(statement, 1, command->jti);
    return store_sql_run(store, statement, NULL);
}

int store_command_published(struct store *store, const char *jti)
{
    struct command command = {.jti = jti};
    return store_call(store, published_run, &command);
}

/* 1 = got one, 0 = no more, -EIO. */
static int unpublished_next(struct store *store, int64_t *row, char *ret_jti, size_t jti_size, char *ret,
                            size_t size)
{
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_UNPUBLISHED);
    sqlite3_bind_int64(statement, 1, *row);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *row = sqlite3_column_int64(statement, 0);
        if (!store_column_text(statement, 1, ret_jti, jti_size) ||
            !store_column_text(statement, 2, ret, size))
            rc = SQLITE_CORRUPT;
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc == SQLITE_ROW;
    store_fail(store, rc, "results");
    return -EIO;
}

int store_unpublished_results(struct store *store,
                              void (*each)(void *user, const char *jti, const char *json), void *user)
{
    char *json = malloc(STORE_RESULT_SIZE);
    if (!json)
        return -EIO;
    char jti[STORE_JTI_SIZE];
    int64_t row = 0;
    int count = 0, rc;
    while ((rc = unpublished_next(store, &row, jti, sizeof jti, json, STORE_RESULT_SIZE)) == 1) {
        each(user, jti, json);
        count++;
    }
    free(json);
    return rc < 0 ? rc : count;
}

/* Texts of one row; larger than the answer of any order that lets somebody through. */
struct passage_text {
    char jti[STORE_JTI_SIZE], record[PASSAGE_RECORD_SIZE], answer[PASSAGE_ANSWER_SIZE];
};

/* 1 = got one, 0 = no more, -EIO. A text that does not fit is left out: the row itself must be seen. */
static int passage_next(struct store *store, struct store_passage *passage, int64_t from, int64_t to,
                        struct passage_text *text)
{
    pthread_mutex_lock(&store->db_lock);
    sqlite3_stmt *statement = store_sql_get(store, STORE_SQL_COMMAND_PASSAGES);
    sqlite3_bind_int64(statement, 1, passage->row);
    sqlite3_bind_int64(statement, 2, from);
    sqlite3_bind_int64(statement, 3, to);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        passage->row = sqlite3_column_int64(statement, 0);
        passage->received_at = sqlite3_column_int64(statement, 3);
        if (!store_column_text(statement, 1, text->jti, sizeof text->jti))
            text->jti[0] = '\0';
        if (!store_column_text(statement, 2, text->record, sizeof text->record))
            text->record[0] = '\0';
        if (!store_column_text(statement, 4, text->answer, sizeof text->answer))
            text->answer[0] = '\0';
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&store->db_lock);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return rc == SQLITE_ROW;
    store_fail(store, rc, "passages");
    return -EIO;
}

int store_passages(struct store *store, int64_t before_row, int64_t from, int64_t to, int max,
                   bool (*each)(void *user, const struct store_passage *passage), void *user)
{
    struct passage_text *text = malloc(sizeof *text);
    if (!text)
        return -EIO;
    struct store_passage passage = {
        .row = before_row, .jti = text->jti, .record = text->record, .answer = text->answer};
    int count = 0, rc = 1;
    while (count < max && (rc = passage_next(store, &passage, from, to, text)) == 1 && each(user, &passage))
        count++;
    free(text);
    return rc < 0 ? rc : count;
}
