using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class MaskShapesTests
{
    private static readonly TokenGrid Grid = new(24, 16, 8);

    [TestCase(0, 1)]
    [TestCase(0.001, 1)]
    [TestCase(0.112, 43)]
    [TestCase(0.5, 192)]
    [TestCase(1, 384)]
    public void Blob_has_exactly_the_tokens_of_its_ratio(double ratio, int tokens)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            Assert.That(Blob(ratio, seed).MaskedTokens, Is.EqualTo(tokens));
        }
    }

    [Test]
    public void Blob_is_connected([Values(0.02, 0.1, 0.4, 0.9)] double ratio)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var mask = Blob(ratio, seed);
            Assert.That(Reach(mask), Is.EqualTo(mask.MaskedTokens));
        }
    }

    [Test]
    public void Blob_depends_on_the_stream_only()
    {
        var first = Blob(0.2, 1).Tokens(masked: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Blob(0.2, 1).Tokens(masked: true), Is.EqualTo(first));
            Assert.That(Blob(0.2, 2).Tokens(masked: true), Is.Not.EqualTo(first));
        }
    }

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void Blob_of_an_impossible_ratio_throws(double ratio) =>
        Assert.That(() => Blob(ratio, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static EditMask Blob(double ratio, long seed) => MaskShapes.Blob(Grid, ratio, new RandomStream(seed, "shape"));

    /// <summary>Masked tokens that a walk over edges reaches from the first.</summary>
    private static int Reach(EditMask mask)
    {
        var tokens = mask.Tokens(masked: true);
        var left = tokens.Skip(1).ToHashSet();
        var open = new Stack<int>([tokens[0]]);
        while (open.TryPop(out var token))
        {
            foreach (var neighbour in Neighbours(token).Where(left.Remove))
            {
                open.Push(neighbour);
            }
        }

        return tokens.Length - left.Count;
    }

    private static IEnumerable<int> Neighbours(int token)
    {
        var column = token % Grid.Columns;
        int[] beside = [column > 0 ? token - 1 : -1, column < Grid.Columns - 1 ? token + 1 : -1];
        return beside.Append(token - Grid.Columns).Append(token + Grid.Columns);
    }
}
