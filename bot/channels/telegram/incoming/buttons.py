"""What happens when a button under an answer is pressed. The `Door` does the work."""

import time

from aiogram import F, Router
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.sources import listed_sources
from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door, language_of
from bot.channels.telegram.incoming.filters import Where
from bot.channels.telegram.presses import Action, Choice, Press
from bot.channels.telegram.texts import text
from bot.conversation.messages import Message, Status, Turn

_CHOSEN = "✓ "
_RATINGS = (Action.GOOD, Action.BAD)
_SHORTEST_NAME, _LONGEST_NAME = 1, 32


def buttons_router() -> Router:
    """A router for presses; what is under no answer of ours, or too old, is answered silently."""
    router = Router(name="buttons")
    router.callback_query.register(rate, Where(F.message), Press.filter(F.action.in_(_RATINGS)))
    router.callback_query.register(show_sources, Where(F.message), Press.filter(F.action == Action.SOURCES))
    router.callback_query.register(fetch_person, Where(F.message), Press.filter(F.action == Action.PERSON))
    router.callback_query.register(choose, Where(F.message), Choice.filter())
    router.callback_query.register(forget)
    return router


async def rate(query: CallbackQuery, callback_data: Press, address: Address, door: Door) -> None:
    """Note what the customer thinks of the answer, and show the choice."""
    door.asides.call(_answer(query), *_marked(query, callback_data))
    if await _answer_of(callback_data, address, door):
        await door.reception.rate(address.conversation, callback_data.turn, callback_data.action is Action.GOOD)


async def show_sources(query: CallbackQuery, callback_data: Press, address: Address, door: Door) -> None:
    """Say what the answer was made from."""
    door.asides.call(_answer(query))
    turn = await _answer_of(callback_data, address, door)
    if turn is None:
        return
    language = language_of(query.from_user)
    lines = [f"[{number}] {line}" for number, line in enumerate(listed_sources(turn.answer or {}), 1)]
    if lines:
        door.sender.post(address, "\n".join([text("sources", language), *lines]))
    else:
        door.tell(address, language, "no_sources")


async def fetch_person(query: CallbackQuery, callback_data: Press, address: Address, door: Door) -> None:
    """Pass the wish for a person on; pressed again in the same episode it is the same wish."""
    door.asides.call(_answer(query))
    if not _SHORTEST_NAME <= len(callback_data.turn) <= _LONGEST_NAME:
        return
    state = (await door.read(address, last=0)).state
    # A resolved conversation begins its next episode by this very wish.
    episode = state.episode + (state.status is Status.RESOLVED)
    wish = Message(
        conversation=address.conversation,
        id=f"press-{callback_data.turn}-{episode}",
        text="",
        at=time.time(),
        name=query.from_user.full_name,
        language=language_of(query.from_user),
    )
    await door.ask_for_person(wish)


async def choose(query: CallbackQuery, callback_data: Choice, address: Address, door: Door) -> None:
    """Ask what was chosen, in the customer's name; pressed again it is the same question."""
    door.asides.call(_answer(query))
    turn = await _answer_of(callback_data, address, door)
    offered = turn.answer.get("sources", ()) if turn and turn.answer else ()
    if not 1 <= callback_data.number <= len(offered):
        return
    message = Message(
        conversation=address.conversation,
        id=f"choice-{callback_data.turn}-{callback_data.number}",
        text=offered[callback_data.number - 1]["title"],
        at=time.time(),
        name=query.from_user.full_name,
        language=language_of(query.from_user),
    )
    await door.ask(address, message)


async def forget(query: CallbackQuery, door: Door) -> None:
    """End the spinner of a button that means nothing any more."""
    door.asides.call(_answer(query))


async def _answer_of(press: Press | Choice, address: Address, door: Door) -> Turn | None:
    """The bot's turn that the button stands under, as long as it is remembered in this very conversation."""
    turns = (await door.read(address)).turns
    return next((turn for turn in turns if turn.id == press.turn and turn.role == "bot"), None)


def _answer(query: CallbackQuery) -> AnswerCallbackQuery:
    return AnswerCallbackQuery(callback_query_id=query.id)


def _marked(query: CallbackQuery, press: Press) -> list[EditMessageReplyMarkup]:
    """The edit that marks the chosen rating in the keyboard; none when it is marked already, or not to be seen."""
    message = query.message
    keyboard = getattr(message, "reply_markup", None)
    if message is None or not isinstance(keyboard, InlineKeyboardMarkup):
        return []
    chosen = press.pack()
    ratings = {Press(action=action, turn=press.turn).pack() for action in _RATINGS}
    rows = [
        [_with_mark(button, chosen) if button.callback_data in ratings else button for button in row]
        for row in keyboard.inline_keyboard
    ]
    if rows == keyboard.inline_keyboard:
        return []
    markup = InlineKeyboardMarkup(inline_keyboard=rows)
    return [EditMessageReplyMarkup(chat_id=message.chat.id, message_id=message.message_id, reply_markup=markup)]


def _with_mark(button: InlineKeyboardButton, chosen: str) -> InlineKeyboardButton:
    label = button.text.removeprefix(_CHOSEN)
    return button.model_copy(update={"text": _CHOSEN + label if button.callback_data == chosen else label})
