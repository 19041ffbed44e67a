/* framelog.c: pages of notes, by level and frame number.
 * Nearly all frames hold one packet, so level 0 is nearly all there is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "framelog.h"

#include <stddef.h>

#include <glib.h>

enum { PAGE_SHIFT = 9, PAGE_NOTES = 1 << PAGE_SHIFT };

static struct su_note *slot(const struct su_note_level *level, uint32_t frame)
{
    uint32_t page = frame >> PAGE_SHIFT;

    if (page >= level->room || !level->pages[page])
        return NULL;
    return &level->pages[page][frame & (PAGE_NOTES - 1)];
}

static void make_room(struct su_note_level *level, uint32_t page)
{
    uint32_t room = level->room ? level->room : 64;

    while (room <= page)
        room *= 2;
    level->pages = g_renew(struct su_note *, level->pages, room);
    level->words = g_renew(uint32_t *, level->words, room);
    for (uint32_t i = level->room; i < room; i++) {
        level->pages[i] = NULL;
        level->words[i] = NULL;
    }
    level->room = room;
}

static struct su_note *make_slot(struct su_note_level *level, uint32_t frame)
{
    uint32_t page = frame >> PAGE_SHIFT;

    if (page >= level->room)
        make_room(level, page);
    if (!level->pages[page])
        level->pages[page] = g_new0(struct su_note, PAGE_NOTES);
    return slot(level, frame);
}

static struct su_note_level *make_level(struct su_framelog *log, uint32_t level)
{
    if (level == log->depth) {
        log->levels = g_renew(struct su_note_level, log->levels, ++log->depth);
        log->levels[level] = (struct su_note_level){0};
    }
    return &log->levels[level];
}

static void put_word(struct su_note_level *level, uint32_t frame, uint32_t word)
{
    uint32_t **words = &level->words[frame >> PAGE_SHIFT];

    if (!*words)
        *words = g_new0(uint32_t, PAGE_NOTES);
    (*words)[frame & (PAGE_NOTES - 1)] = word;
}

void su_framelog_put(struct su_framelog *log, uint32_t frame, struct su_note note, uint32_t word)
{
    struct su_note *place;
    uint32_t level = 0;

    do
        place = make_slot(make_level(log, level++), frame);
    while ((place->flags & SU_NOTE_USED) && place->layer != note.layer);
    *place = note;
    place->flags |= SU_NOTE_USED;
    if (note.flags & SU_NOTE_WORD)
        put_word(&log->levels[level - 1], frame, word);
}

struct su_note *su_framelog_at(const struct su_framelog *log, uint32_t frame, uint32_t level)
{
    struct su_note *note = level < log->depth ? slot(&log->levels[level], frame) : NULL;

    return note && (note->flags & SU_NOTE_USED) ? note : NULL;
}

struct su_note *su_framelog_find(const struct su_framelog *log, uint32_t frame, uint8_t layer)
{
    struct su_note *note;

    for (uint32_t level = 0; (note = su_framelog_at(log, frame, level)); level++) {
        if (note->layer == layer)
            return note;
    }
    return NULL;
}

uint32_t su_framelog_word(const struct su_framelog *log, uint32_t frame, uint8_t layer)
{
    uint32_t level = 0;

    while (su_framelog_at(log, frame, level)->layer != layer)
        level++;
    return log->levels[level].words[frame >> PAGE_SHIFT][frame & (PAGE_NOTES - 1)];
}

void su_framelog_clear(struct su_framelog *log)
{
    for (uint32_t level = 0; level < log->depth; level++) {
        for (uint32_t page = 0; page < log->levels[level].room; page++) {
            g_free(log->levels[level].pages[page]);
            g_free(log->levels[level].words[page]);
        }
        g_free(log->levels[level].pages);
        g_free(log->levels[level].words);
    }
    g_free(log->levels);
    *log = (struct su_framelog){0};
}
