using SimServe.GpuBackend.ModelFiles;

namespace SimServe.GpuBackend.Tokenizers;

/// <summary>The pairs of tokens that a byte pair encoder joins, most frequent first.</summary>
internal sealed class MergeTable
{
    // The reference reads this many lines and no more: the published vocabulary of 49,408 tokens less 512 symbols and 2 markers.
    private const int Most = 49_408 - 512 - 2;

    private readonly Dictionary<(int Left, int Right), Merge> _merges = [];

    private MergeTable()
    {
    }

    /// <summary>Reads merges.txt: a title line, then two tokens a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">Token numbers; has every token of the file and what every pair joins to.</param>
    /// <exception cref="ModelFileException">A line is not a pair, or the vocabulary lacks a token.</exception>
    public static MergeTable Read(string path, Dictionary<string, int> vocabulary)
    {
        var table = new MergeTable();
        foreach (var (index, line) in File.ReadLines(path).Skip(1).Take(Most).Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                table.Add(line, index, vocabulary, $"'{path}', line {index + 2}");
            }
        }

        return table;
    }

    /// <summary>Looks a pair up.</summary>
    /// <returns>Whether the pair is joined.</returns>
    public bool Find(int left, int right, out Merge merge) => _merges.TryGetValue((left, right), out merge);

    private void Add(string line, int rank, Dictionary<string, int> vocabulary, string where)
    {
        var pair = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (pair.Length != 2)
        {
            throw new ModelFileException($"{where}: '{line}' is not two tokens with a space between them.");
        }

        _merges[(Number(pair[0]), Number(pair[1]))] = new Merge(rank, Number(pair[0] + pair[1]));

        int Number(string token) => vocabulary.TryGetValue(token, out var id)
            ? id
            : throw new ModelFileException(
                $"{where}: '{line}' needs the token '{token}', which vocab.json lacks; take both files from the same model.");
    }

    /// <summary>One pair that is joined.</summary>
    /// <param name="Rank">Lower is joined first.</param>
    /// <param name="Product">Number of the token that the pair becomes.</param>
    internal readonly record struct Merge(int Rank, int Product);
}
