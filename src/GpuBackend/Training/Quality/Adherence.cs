using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How far a picture shows what its caption says.</summary>
/// <param name="Objects">Objects of the caption that are there, with the right shape and colour, in the best assignment.</param>
/// <param name="Relations">Relations of the caption that hold between them.</param>
/// <param name="Holds">Whether all objects and all relations do.</param>
/// <param name="Extra">Objects that the caption does not speak of; more than 0 is no fault of a caption that leaves some out.</param>
public sealed record Adherence(int Objects, int Relations, bool Holds, int Extra)
{
    // Half the extent of a small object, roughly: who is less to the left than that is not left of another.
    private const double LeastOffset = 4;

    /// <summary>Compares a caption with what a judge sees.</summary>
    /// <param name="caption">The caption.</param>
    /// <param name="seen">What is seen.</param>
    /// <remarks>An object stands left of another when its centre lies at least 4 pixels further left, however much higher or lower; and so for the others.</remarks>
    public static Adherence Of(SceneCaption caption, IReadOnlyList<SceneFinding> seen)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(seen);
        var best = new Adherence(0, 0, caption.Phrases.Count == 0, seen.Count);
        Search(caption, seen, [], ref best);
        return best;
    }

    private static void Search(SceneCaption caption, IReadOnlyList<SceneFinding> seen, List<int> chosen, ref Adherence best)
    {
        if (chosen.Count == caption.Phrases.Count)
        {
            var made = Assigned(caption, seen, chosen);
            best = (made.Objects + made.Relations) > (best.Objects + best.Relations) ? made : best;
            return;
        }

        // -1: not there.
        for (var finding = -1; finding < seen.Count; finding++)
        {
            if (finding < 0 || (!chosen.Contains(finding) && Fits(caption.Phrases[chosen.Count], seen[finding].Item)))
            {
                chosen.Add(finding);
                Search(caption, seen, chosen, ref best);
                chosen.RemoveAt(chosen.Count - 1);
            }
        }
    }

    private static Adherence Assigned(SceneCaption caption, IReadOnlyList<SceneFinding> seen, List<int> chosen)
    {
        var objects = chosen.Count(static finding => finding >= 0);
        var (relations, wanted) = (0, 0);
        for (var i = 0; i + 1 < chosen.Count; i++)
        {
            if (caption.Phrases[i].ToNext is { } relation)
            {
                wanted++;
                relations += chosen[i] >= 0 && chosen[i + 1] >= 0 && Stands(relation, seen[chosen[i]].Item, seen[chosen[i + 1]].Item) ? 1 : 0;
            }
        }

        return new Adherence(objects, relations, objects == chosen.Count && relations == wanted, seen.Count - objects);
    }

    private static bool Fits(ScenePhrase phrase, SceneObject item) => (phrase.Shape, phrase.Colour) == (item.Shape, item.Colour);

    private static bool Stands(SceneRelation relation, SceneObject first, SceneObject second) => LeastOffset <= relation switch
    {
        SceneRelation.LeftOf => second.X - first.X,
        SceneRelation.RightOf => first.X - second.X,
        SceneRelation.Above => second.Y - first.Y,
        _ => first.Y - second.Y,
    };
}
