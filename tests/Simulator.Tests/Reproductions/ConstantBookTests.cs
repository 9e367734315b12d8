using System.Globalization;
using SimServe.Simulator.Reproductions;

namespace SimServe.Simulator.Tests.Reproductions;

/// <summary>The constants of an experiment, and which of them nobody asked for.</summary>
public sealed class ConstantBookTests
{
    [Test]
    public void Many_threads_may_ask_and_what_nobody_asked_for_is_told()
    {
        const int Constants = 2000;
        var book = new ConstantBook([.. Enumerable.Range(0, Constants).Select(static number => new PublishedConstant(Id(number), [number], "s", "Fig. 2", null, null))]);
        var sum = 0.0;
        var gate = new Lock();
        Parallel.For(0, 2 * (Constants - 1), number =>
        {
            var value = book[Id(number % (Constants - 1))];
            lock (gate)
            {
                sum += value;
            }
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sum, Is.EqualTo((Constants - 1.0) * (Constants - 2)));
            Assert.That(book.Unused, Is.EqualTo(new[] { Id(Constants - 1) }));
            Assert.That(() => book["two"], Throws.TypeOf<InvalidDataException>());
        }
    }

    private static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);
}
