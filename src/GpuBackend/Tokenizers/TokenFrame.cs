namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The special tokens around and after the text.</summary>
/// <param name="Start">Token before the text, or <c>null</c> when the kind has none.</param>
/// <param name="End">Token after the text.</param>
/// <param name="Padding">Token that fills up to the length.</param>
internal sealed record TokenFrame(int? Start, int End, int Padding)
{
    private int Added => Start is null ? 1 : 2;

    /// <summary>Start token, text, end token.</summary>
    public int[] Around(IReadOnlyList<int> text) => Start is { } start ? [start, .. text, End] : [.. text, End];

    /// <summary>Cuts or pads to a length.</summary>
    /// <param name="text">Tokens of the text alone.</param>
    /// <param name="length">Tokens of the result.</param>
    /// <param name="read">Turns tokens back into text.</param>
    public TokenizedText Fit(IReadOnlyList<int> text, int length, Func<IReadOnlyList<int>, string> read)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, Added);
        int[] kept = Around([.. text.Take(length - Added)]);
        int[] lost = [.. text.Skip(length - Added)];
        return new TokenizedText
        {
            Ids = [.. kept, .. Enumerable.Repeat(Padding, length - kept.Length)],
            Mask = [.. Enumerable.Repeat(1, kept.Length), .. Enumerable.Repeat(0, length - kept.Length)],
            Truncated = lost,
            TruncatedText = read(lost).Trim(),
        };
    }
}
