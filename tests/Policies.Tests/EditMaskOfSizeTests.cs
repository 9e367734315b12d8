namespace SimServe.Policies.Tests;

public sealed class EditMaskOfSizeTests
{
    private static readonly TokenGrid Grid = new(8, 4, 2);

    [Test]
    public void A_mask_of_a_size_counts_like_one_with_a_shape()
    {
        var (sized, shaped) = (EditMask.OfSize(Grid, 3), EditMask.FromTokens(Grid, [1, 5, 30]));
        Assert.That(
            (sized.MaskedTokens, sized.UnmaskedTokens, sized.Ratio, sized.HasShape),
            Is.EqualTo((shaped.MaskedTokens, shaped.UnmaskedTokens, shaped.Ratio, false)));
        Assert.That(shaped.HasShape);
    }

    [Test]
    public void Its_tokens_and_pixels_are_refused_in_words()
    {
        var mask = EditMask.OfSize(Grid, 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => mask.IsMasked(0), Throws.InvalidOperationException.With.Message.Contains("3 of 32 tokens"));
            Assert.That(() => mask.Tokens(masked: true), Throws.InvalidOperationException);
            Assert.That(() => mask.Tokens(masked: false), Throws.InvalidOperationException);
            Assert.That(() => mask.Pixels, Throws.InvalidOperationException);
        }
    }

    [TestCase(0)]
    [TestCase(33)]
    public void A_size_outside_the_grid_is_refused(int tokens) =>
        Assert.That(() => EditMask.OfSize(Grid, tokens), Throws.TypeOf<ArgumentOutOfRangeException>());
}
