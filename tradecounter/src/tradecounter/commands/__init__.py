"""The commands, a file each; every one honours ``DATA_DIR``."""

import typer

from tradecounter.commands.definitions import definitions
from tradecounter.commands.files import customers, prices, products, stock
from tradecounter.commands.front import front
from tradecounter.commands.importing import importing
from tradecounter.commands.migrate import migrate
from tradecounter.commands.operate import parked, sagas
from tradecounter.commands.orders import orders
from tradecounter.commands.payments import payments
from tradecounter.commands.run import run
from tradecounter.commands.subscriber import subscribers
from tradecounter.commands.token import token

app = typer.Typer(
    name="tradecounter",
    help="Takes orders on behalf of customers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(run)
app.command()(token)
app.command()(migrate)
app.command()(front)
app.command()(definitions)
app.add_typer(importing, name="import")
app.add_typer(customers, name="customers")
app.add_typer(products, name="products")
app.add_typer(prices, name="prices")
app.add_typer(stock, name="stock")
app.add_typer(orders, name="orders")
app.add_typer(subscribers, name="subscriber")
app.add_typer(payments, name="payments")
app.add_typer(parked, name="parked")
app.add_typer(sagas, name="saga")
