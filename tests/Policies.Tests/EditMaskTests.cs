namespace SimServe.Policies.Tests;

public sealed class EditMaskTests
{
    private static readonly TokenGrid Grid = new(4, 3, 8);

    [Test]
    public void One_edited_pixel_masks_its_token()
    {
        var pixels = new bool[Grid.Width * Grid.Height];
        pixels[(9 * Grid.Width) + 17] = true;

        var mask = EditMask.FromPixels(Grid, new PixelMask(Grid.Width, Grid.Height, pixels));

        Assert.That(mask.Tokens(masked: true), Is.EqualTo(new[] { 6 }));
        Assert.That(mask.UnmaskedTokens, Is.EqualTo(11));
        Assert.That(mask.Pixels[17, 9], Is.True);
        Assert.That(mask.Pixels[16, 9], Is.False, "the pixel mask stays as drawn");
    }

    [Test]
    public void Tokens_become_whole_squares_of_pixels()
    {
        var mask = EditMask.FromTokens(Grid, [5, 0]);

        Assert.That(mask.Tokens(masked: true), Is.EqualTo(new[] { 0, 5 }));
        Assert.That(mask.Pixels.Edited.ToArray().Count(static edited => edited), Is.EqualTo(2 * 64));
        Assert.That(EditMask.FromPixels(Grid, mask.Pixels).Tokens(masked: true), Is.EqualTo(new[] { 0, 5 }));
    }

    [Test]
    public void Everything_has_ratio_one() => Assert.That(EditMask.Everything(Grid).Ratio, Is.EqualTo(1));

    [Test]
    public void Another_size_is_refused_with_both_sizes() =>
        Assert.That(
            () => EditMask.FromPixels(Grid, new PixelMask(16, 16, new bool[256])),
            Throws.ArgumentException.With.Message.Contains("16x16").And.Message.Contains("32x24"));

    [Test]
    public void All_black_is_refused() =>
        Assert.That(
            () => EditMask.FromPixels(Grid, new PixelMask(32, 24, new bool[32 * 24])),
            Throws.ArgumentException.With.Message.Contains("white"));

    [TestCase(0, 1)]
    [TestCase(1, 9)]
    [TestCase(2, 16)]
    [TestCase(9, 25)]
    public void A_margin_masks_the_tokens_around_and_edits_none_of_them(int margin, int masked)
    {
        var grid = new TokenGrid(5, 5, 4);
        var mask = EditMask.FromTokens(grid, [6]);
        var wide = mask.Dilated(margin);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(wide.MaskedTokens, Is.EqualTo(masked));
            Assert.That(wide.EditedTokens(), Is.EqualTo(new[] { 6 }));
            Assert.That(wide.Pixels.Edited.Count(true), Is.EqualTo(16), "the pixels of one token");
            Assert.That(wide.Dilated(1).Tokens(masked: true), Is.EqualTo(mask.Dilated(margin + 1).Tokens(masked: true)));
            Assert.That(wide.Dilated(1).EditedTokens(), Is.EqualTo(new[] { 6 }));
            Assert.That(mask.Dilated(0), Is.SameAs(mask));
        }
    }

    [Test]
    public void A_mask_of_which_only_the_size_is_known_has_no_margin() =>
        Assert.That(() => EditMask.OfSize(new TokenGrid(5, 5, 4), 3).Dilated(1), Throws.InvalidOperationException);
}
