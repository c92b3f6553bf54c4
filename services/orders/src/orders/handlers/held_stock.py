"""Where the stock of an order lies: only the catalog knows."""

from contracts.catalog.questions import TellHeldStock
from contracts.catalog.replies import HeldStockTold
from contracts.values import OrderId
from messaging.transport import Asker, Unanswered


async def held_stock(order_id: OrderId, asker: Asker) -> HeldStockTold:
    """Ask what an order has, whatever its state.

    Raises:
        Unanswered: The catalog gave no answer in time.
    """
    answer = await asker.ask(TellHeldStock(order_id=order_id))
    if not isinstance(answer, HeldStockTold):
        raise Unanswered(answer.owner())
    return answer
